using ClipGuard.Media.Streams;

namespace ClipGuard.Media.Wire;

/// <summary>The FIFO or file is there, and the clip is what it is said to be.</summary>
/// <param name="Id">The order's number.</param>
/// <param name="Shape">What the clip is by itself.</param>
internal sealed record StreamOpenedMessage(long Id, ClipShape Shape) : HelperMessage;

/// <summary>
/// Nothing more will be written: the clip is whole in the stream, its reader has left, or it was given up. The helper holds its end open
/// until it is told to close it, so that the supervisor can first look at what the reader has not taken.
/// </summary>
/// <param name="Id">The order's number.</param>
internal sealed record StreamWrittenMessage(long Id) : HelperMessage
{
    /// <summary>Whole frames, or samples of one channel, that were written.</summary>
    public long Frames { get; init; }

    /// <summary>Bytes that were written, headers included.</summary>
    public long Bytes { get; init; }

    /// <summary>True where the reader closed its end while there was more to write.</summary>
    public bool ReaderLeft { get; init; }

    /// <summary>Why the stream ended early; null where its clip was written whole or the reader left.</summary>
    public DecoderFault? Fault { get; init; }
}
