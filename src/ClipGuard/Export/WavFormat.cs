using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ClipGuard.Export;

/// <summary>A RIFF WAVE file of 32-bit floats: the samples as they are, not rounded to 16 bits.</summary>
internal static class WavFormat
{
    private const int IeeeFloat = 3;
    private const int FormatBytes = 18;
    private const int HeaderBytes = 12 + 8 + FormatBytes + 8 + 4 + 8;
    private const int SamplesAtOnce = 4096;

    /// <param name="file">Where to.</param>
    /// <param name="channels">How many channels the data holds, one after the other.</param>
    /// <param name="sampleRateHz">Samples a second and channel.</param>
    /// <param name="data">Float32 samples, all of the first channel first.</param>
    public static void Write(Stream file, int channels, int sampleRateHz, ReadOnlySpan<byte> data)
    {
        if (data.Length > int.MaxValue - HeaderBytes)
        {
            throw new ArgumentException("A .wav file holds at most 2 GiB; .npy has no limit.", nameof(data));
        }

        ReadOnlySpan<float> samples = MemoryMarshal.Cast<byte, float>(data);
        int perChannel = channels == 0 ? 0 : samples.Length / channels;
        file.Write(Header(channels, sampleRateHz, perChannel, data.Length));

        Span<float> interleaved = new float[SamplesAtOnce * Math.Max(channels, 1)];
        for (int start = 0; start < perChannel; start += SamplesAtOnce)
        {
            int count = Math.Min(SamplesAtOnce, perChannel - start);
            for (int channel = 0; channel < channels; channel++)
            {
                for (int i = 0; i < count; i++)
                {
                    interleaved[(i * channels) + channel] = samples[(channel * perChannel) + start + i];
                }
            }

            file.Write(MemoryMarshal.AsBytes(interleaved[..(count * channels)]));
        }
    }

    private static byte[] Header(int channels, int sampleRateHz, int perChannel, int dataBytes)
    {
        byte[] header = new byte[HeaderBytes];
        Span<byte> rest = header;
        Put(ref rest, "RIFF"u8);
        Put(ref rest, HeaderBytes - 8 + dataBytes);
        Put(ref rest, "WAVEfmt "u8);
        Put(ref rest, FormatBytes);
        Put(ref rest, (short)IeeeFloat);
        Put(ref rest, (short)channels);
        Put(ref rest, sampleRateHz);
        Put(ref rest, sampleRateHz * channels * sizeof(float));
        Put(ref rest, (short)(channels * sizeof(float)));
        Put(ref rest, (short)(8 * sizeof(float)));
        Put(ref rest, (short)0);
        Put(ref rest, "fact"u8);
        Put(ref rest, sizeof(int));
        Put(ref rest, perChannel);
        Put(ref rest, "data"u8);
        Put(ref rest, dataBytes);
        return header;
    }

    private static void Put(ref Span<byte> rest, ReadOnlySpan<byte> name)
    {
        name.CopyTo(rest);
        rest = rest[name.Length..];
    }

    private static void Put(ref Span<byte> rest, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(rest, value);
        rest = rest[sizeof(int)..];
    }

    private static void Put(ref Span<byte> rest, short value)
    {
        BinaryPrimitives.WriteInt16LittleEndian(rest, value);
        rest = rest[sizeof(short)..];
    }
}
