using System.Buffers.Binary;

using ClipGuard.Media.Libav.Bytes;

namespace ClipGuard.Media.Libav.Containers;

/// <summary>
/// Chunks of an AVI that hold nothing: the frame before stays on show for one more.
/// Recorders write them for frames that they dropped, and libavformat's muxer for the time that its finer clock leaves between frames.
/// The header counts them as frames; libavformat passes over them, and only the times of the packets show it.
/// </summary>
internal static class AviEmptyChunks
{
    private const int HeaderBytes = 8;
    private const int ListHeaderBytes = 12;

    // A day at 100 frames a second, with sound.
    private const int MaxChunks = 1 << 24;

    /// <summary>How many a stream has.</summary>
    /// <param name="session">The decode that asks.</param>
    /// <param name="bytes">The file.</param>
    /// <param name="stream">The stream's number in the file.</param>
    public static long Count(DecodeState session, ClipBytes bytes, int stream)
    {
        long empty = 0;
        long position = 0;
        Span<byte> header = stackalloc byte[ListHeaderBytes];
        for (int i = 0; i < MaxChunks && !session.ShouldStop() && bytes.ReadAt(position, header) is >= HeaderBytes and var read; i++)
        {
            // What lies in a list is looked at as if it lay beside it.
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
            ReadOnlySpan<byte> kind = header[HeaderBytes..];
            bool isEntered = read == ListHeaderBytes
                && (header.StartsWith("RIFF"u8) || (header.StartsWith("LIST"u8) && (kind.SequenceEqual("movi"u8) || kind.SequenceEqual("rec "u8))));
            empty += length == 0 && IsVideoOf(header, stream) ? 1 : 0;
            position += isEntered ? ListHeaderBytes : HeaderBytes + length + (length & 1);
        }

        return empty;
    }

    // "00dc" is a compressed frame of stream 0, "00db" one that is not.
    private static bool IsVideoOf(ReadOnlySpan<byte> name, int stream) =>
        name[0] == '0' + (stream / 10) && name[1] == '0' + (stream % 10) && name[2] == 'd' && name[3] is (byte)'c' or (byte)'b';
}
