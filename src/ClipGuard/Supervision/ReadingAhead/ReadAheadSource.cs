using ClipGuard.Media;

namespace ClipGuard.Supervision.ReadingAhead;

/// <summary>Stands for a clip that is read ahead, until its decode begins. It never travels to a helper.</summary>
internal sealed record ReadAheadSource(ReadAheadClip Clip) : ClipSource
{
    /// <summary>The clip's own source.</summary>
    public override string ToString() => Clip.Original.ToString()!;
}
