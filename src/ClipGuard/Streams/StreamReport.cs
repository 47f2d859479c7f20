using ClipGuard.Media.Streams;

namespace ClipGuard.Streams;

/// <summary>How far a stream came.</summary>
/// <param name="Name">The stream's name.</param>
public sealed record StreamReport(string Name)
{
    /// <summary>What was written; null where it did not come to that.</summary>
    public StreamFormat? Format { get; init; }

    /// <summary>Whole frames, or samples of one channel, that were written.</summary>
    public long FrameCount { get; init; }

    /// <summary>Bytes that were written.</summary>
    public long Bytes { get; init; }

    /// <summary>Bytes that were written and that the tool had not read when it ended.</summary>
    public long UnreadBytes { get; init; }

    /// <summary>True where the whole clip was written.</summary>
    public bool IsWhole { get; init; }
}
