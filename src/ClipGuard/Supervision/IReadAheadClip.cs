using ClipGuard.Media;

namespace ClipGuard.Supervision;

/// <summary>A clip that is to be decoded soon and is read meanwhile. Whoever announced it disposes it, after its decode or where there will be none.</summary>
internal interface IReadAheadClip : IDisposable
{
    /// <summary>To be decoded in place of the clip's own source: it stands for the bytes that were read, or else for that source.</summary>
    ClipSource Source { get; }

    /// <summary>When its reading began, as Stopwatch counts; null where it has not.</summary>
    long? ReadBeganAt { get; }

    /// <summary>What was read is not to be used: the decode reads the clip itself.</summary>
    void Forget();
}
