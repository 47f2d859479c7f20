using System.Buffers.Binary;

namespace ClipGuard.Media.Libav.Pictures;

/// <summary>The first picture of an animated WebP file. FFmpeg 5.1 decodes stills only; each picture of an animation is a still inside an ANMF chunk.</summary>
internal static class AnimatedWebpFirstFrame
{
    private const int FileHeader = 12;
    private const int ChunkHeader = 8;
    private const int CanvasBytes = 10;
    private const int CanvasSize = 4;
    private const int FrameOffsetBytes = 6;
    private const int FrameHeader = 16;
    private const int SizeBytes = 6;
    private const byte AlphaFlag = 0x10;

    /// <summary>
    /// Makes a file a still of its first picture, in place.
    /// Files that hold no animation are left as they are, and so are those whose first picture does not cover the whole canvas.
    /// </summary>
    /// <param name="file">The whole file.</param>
    /// <returns>How many bytes it has afterwards.</returns>
    public static int KeepFirst(Span<byte> file)
    {
        if (file.Length < FileHeader || !file.StartsWith("RIFF"u8) || !file[8..].StartsWith("WEBP"u8) || !file[FileHeader..].StartsWith("VP8X"u8))
        {
            return file.Length;
        }

        int canvas = FileHeader + ChunkHeader;
        int pictures = canvas + CanvasBytes;
        for (int chunk = pictures; Chunk(file, chunk, out int content, out int end); chunk = end)
        {
            if (!file[chunk..].StartsWith("ANMF"u8))
            {
                continue;
            }

            // A frame begins with its left and top edge, both halved, and its size, which is written in the same form as that of the canvas.
            ReadOnlySpan<byte> frame = file[content..end];
            if (frame.Length < FrameHeader
                || frame[..FrameOffsetBytes].ContainsAnyExcept((byte)0)
                || !frame.Slice(FrameOffsetBytes, SizeBytes).SequenceEqual(file.Slice(canvas + CanvasSize, SizeBytes)))
            {
                return file.Length;
            }

            frame[FrameHeader..].CopyTo(file[pictures..]);
            file[canvas] &= AlphaFlag;
            int length = pictures + frame.Length - FrameHeader;
            BinaryPrimitives.WriteInt32LittleEndian(file[4..], length - ChunkHeader);
            return length;
        }

        return file.Length;
    }

    private static bool Chunk(ReadOnlySpan<byte> file, int start, out int content, out int end)
    {
        content = start + ChunkHeader;
        end = content;
        if (content > file.Length)
        {
            return false;
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(file[(start + 4)..]);
        bool fits = length <= file.Length - content;
        end = fits ? (int)Math.Min(file.Length, content + length + (length & 1)) : content;
        return fits;
    }
}
