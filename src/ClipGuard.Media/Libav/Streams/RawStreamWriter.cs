using ClipGuard.Media.Streams;

namespace ClipGuard.Media.Libav.Streams;

/// <summary>A clip that was opened to be written into a stream.</summary>
internal abstract class RawStreamWriter(DecodeState session) : IDisposable
{
    /// <summary>What the clip is by itself.</summary>
    public abstract ClipShape Shape { get; }

    /// <summary>Whole frames, or samples of one channel, that were written.</summary>
    public long Frames { get; protected set; }

    /// <summary>Writes the clip from its first frame to its last.</summary>
    /// <param name="format">What to write.</param>
    /// <param name="sink">Where to.</param>
    /// <returns>Why it ended early; null where it was written whole, or the sink says why not.</returns>
    public abstract DecoderFault? Write(StreamFormat format, StreamSink sink);

    public abstract void Dispose();

    /// <summary>The fault of a clip that is longer than it may be.</summary>
    protected DecoderFault TooLong(string what, TimeSpan limit) =>
        session.Fault(FaultKind.LimitExceeded, $"The {what} is longer than the limit of {limit.TotalSeconds} s.");
}
