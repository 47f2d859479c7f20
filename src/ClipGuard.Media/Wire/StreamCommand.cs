using System.Text.Json.Serialization;

using ClipGuard.Media.Streams;

namespace ClipGuard.Media.Wire;

/// <summary>What the supervisor says to a stream helper: that a stream is to be opened, then written, then closed.</summary>
/// <param name="Id">A number that the answers repeat.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(OpenStreamCommand), "open")]
[JsonDerivedType(typeof(WriteStreamCommand), "write")]
[JsonDerivedType(typeof(CloseStreamCommand), "close")]
internal abstract record StreamCommand(long Id);

/// <summary>Open the clip, make the FIFO or the file, and say <see cref="StreamOpenedMessage"/>.</summary>
/// <param name="Id">A number that the answers repeat.</param>
/// <param name="Source">The clip.</param>
/// <param name="Kind">Audio or video.</param>
/// <param name="Path">Where the FIFO or the file is to be. Nothing is there yet.</param>
internal sealed record OpenStreamCommand(long Id, ClipSource Source, ClipKind Kind, string Path) : StreamCommand(Id)
{
    /// <summary>True for a regular file in place of a FIFO.</summary>
    public bool AsFile { get; init; }

    /// <summary>What the decode may ask for; the limit on bytes is that of a file.</summary>
    public DecodeLimits Limits { get; init; } = new();

    /// <summary>Threads that the decoder may use.</summary>
    public int DecoderThreads { get; init; } = 1;

    /// <summary>Bytes of an encoded clip that lie at the payload's start, for a <see cref="MemorySource"/>; otherwise 0.</summary>
    public long InputLength { get; init; }
}

/// <summary>Write the stream that was opened, wait for its reader where there is none yet, and say <see cref="StreamWrittenMessage"/>.</summary>
/// <param name="Id">The number of the order that opened it.</param>
/// <param name="Format">What to write.</param>
internal sealed record WriteStreamCommand(long Id, StreamFormat Format) : StreamCommand(Id);

/// <summary>Close the writing end: the reader may see the stream's end. Nothing is answered, and the next stream may be opened.</summary>
/// <param name="Id">The number of the order that opened it.</param>
internal sealed record CloseStreamCommand(long Id) : StreamCommand(Id);
