using System.Buffers.Binary;

using ClipGuard.Media;

using NAudio.Wave;

namespace ClipGuard.Audio;

/// <summary>Opens WAV files, and reads from their headers what NAudio does not give.</summary>
internal static class WavOpener
{
    // Writers that did not know the length (as to a pipe) put the largest number into the header, or one near it.
    private const uint UnknownBytes = 0x7FFF_0000;

    /// <summary>Opens a file that begins with a WAV header.</summary>
    public static IAudioTrack Open(Stream clip)
    {
        var reader = new WaveFileReader(clip);
        try
        {
            long? promised = PromisedBytes(clip, reader.Length);
            return new WaveStreamTrack(reader, "wav", CodecOf(reader.WaveFormat), promised);
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    // NAudio cuts the length to that of the file, so a truncated file is not noticed by it. Its reader stands at the first sample here, and the header's
    // length is in the four bytes before.
    private static long? PromisedBytes(Stream clip, long lengthInHeader64)
    {
        long first = clip.Position;
        Span<byte> length = stackalloc byte[sizeof(uint)];
        clip.Position = first - length.Length;
        clip.ReadExactly(length);
        clip.Position = 0;
        Span<byte> kind = stackalloc byte[sizeof(uint)];
        clip.ReadExactly(kind);
        clip.Position = first;
        uint bytes = BinaryPrimitives.ReadUInt32LittleEndian(length);
        return kind.SequenceEqual("RF64"u8) ? lengthInHeader64
            : bytes >= UnknownBytes ? null
            : bytes;
    }

    private static string CodecOf(WaveFormat format)
    {
        // In an extensible format NAudio reads 64 bits as float only.
        WaveFormatEncoding encoding = format.AsStandardWaveFormat().Encoding;
        bool isFloat = encoding == WaveFormatEncoding.IeeeFloat || (encoding == WaveFormatEncoding.Extensible && format.BitsPerSample == 64);
        return (isFloat, encoding, format.BitsPerSample) switch
        {
            (true, _, 32) => "pcm_f32le",
            (true, _, 64) => "pcm_f64le",
            (false, WaveFormatEncoding.Pcm, 8) => "pcm_u8",
            (false, WaveFormatEncoding.Pcm, 16) => "pcm_s16le",
            (false, WaveFormatEncoding.Pcm, 24) => "pcm_s24le",
            (false, WaveFormatEncoding.Pcm, 32) => "pcm_s32le",
            _ => throw new NotSupportedException($"NAudio turns no {format.Encoding} of {format.BitsPerSample} bits into samples."),
        };
    }
}
