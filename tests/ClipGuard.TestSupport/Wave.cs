using System.Buffers.Binary;

namespace ClipGuard.TestSupport;

/// <summary>WAV files whose every sample is known.</summary>
internal static class Wave
{
    /// <summary>Mono 16 bit, samples 0, 1, 2, …</summary>
    public static byte[] Ramp(int sampleRateHz, int samples)
    {
        const int header = 44;
        byte[] file = new byte[header + (2 * samples)];
        "RIFF"u8.CopyTo(file);
        Put32(4, file.Length - 8);
        "WAVEfmt "u8.CopyTo(file.AsSpan(8));
        Put32(16, 16);
        Put16(20, 1);
        Put16(22, 1);
        Put32(24, sampleRateHz);
        Put32(28, 2 * sampleRateHz);
        Put16(32, 2);
        Put16(34, 16);
        "data"u8.CopyTo(file.AsSpan(36));
        Put32(40, 2 * samples);
        for (int i = 0; i < samples; i++)
        {
            Put16(header + (2 * i), (short)i);
        }

        return file;

        void Put16(int at, short value) => BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(at), value);
        void Put32(int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), value);
    }
}
