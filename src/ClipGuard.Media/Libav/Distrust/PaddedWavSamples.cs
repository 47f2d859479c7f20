using System.Buffers.Binary;
using System.Runtime.InteropServices;

using ClipGuard.Media.Libav.Bytes;
using ClipGuard.Media.Libav.Formats;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Distrust;

/// <summary>
/// Samples in WAV, Wave64 and AVI that fill fewer bytes than they lie in: 24 bits in 32, 20 in 32, 16 in 24. libavformat takes the codec from the valid bits
/// and reads samples of that length, which are others. By the definition of WAVEFORMATEXTENSIBLE the container counts and the valid bits are its upper ones,
/// so the header is given to FFmpeg with as many valid bits as the container has.
/// </summary>
internal sealed class PaddedWavSamples : IDistrustRule
{
    private const ushort Pcm = 1;
    private const ushort Float = 3;
    private const ushort Extensible = 0xFFFE;

    // Of WAVEFORMATEX and WAVEFORMATEXTENSIBLE.
    private const int ShortBytes = 16;
    private const int LongBytes = 40;
    private const int BitsOffset = 14;
    private const int ValidBitsOffset = 18;
    private const int SubFormatOffset = 24;

    // Samples looked at to tell integers from floats.
    private const int EvidenceBytes = 16 * 1024;

    private static ReadOnlySpan<byte> Wave64Format => [(byte)'f', (byte)'m', (byte)'t', (byte)' ', 0xF3, 0xAC, 0xD3, 0x11];

    /// <inheritdoc/>
    public Distrusted? Find(ReadOnlySpan<byte> head, ClipBytes bytes, AVMediaType? wanted)
    {
        long at = FormatAt(head, bytes, out long samplesAt);
        Span<byte> format = stackalloc byte[LongBytes];
        if (wanted == AVMediaType.AVMEDIA_TYPE_VIDEO || at <= 0 || bytes.ReadAt(at, format) < ShortBytes)
        {
            return null;
        }

        ushort tag = BinaryPrimitives.ReadUInt16LittleEndian(format);
        int channels = BinaryPrimitives.ReadUInt16LittleEndian(format[2..]);
        uint rateHz = BinaryPrimitives.ReadUInt32LittleEndian(format[4..]);
        uint bytesASecond = BinaryPrimitives.ReadUInt32LittleEndian(format[8..]);
        int align = BinaryPrimitives.ReadUInt16LittleEndian(format[12..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(format[BitsOffset..]);
        bool isExtensible = tag == Extensible;
        int validBits = isExtensible ? BinaryPrimitives.ReadUInt16LittleEndian(format[ValidBitsOffset..]) : bits;
        ushort kind = isExtensible ? BinaryPrimitives.ReadUInt16LittleEndian(format[SubFormatOffset..]) : tag;
        if (kind is not (Pcm or Float) || channels == 0 || align % channels != 0 || validBits == 0)
        {
            return null;
        }

        // Headers that tell a wrong length of a sample tell a rate of bytes that does not go with it.
        int containerBytes = align / channels;
        if (containerBytes <= (validBits + 7) / 8 || bytesASecond != (ulong)rateHz * (uint)align)
        {
            return null;
        }

        if (tag == Pcm && containerBytes == sizeof(float) && validBits == 24 && AreFloats(bytes, samplesAt))
        {
            return null;
        }

        string found = $"The samples have {validBits} bits in {containerBytes * 8}";
        if (containerBytes is > 4 and not 8)
        {
            return new Distrusted($"{found}, which FFmpeg cannot read.") { IsRefused = true };
        }

        byte[] container = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(container, (ushort)(containerBytes * 8));
        (long, byte[])[] patches = isExtensible ? [(at + BitsOffset, container), (at + ValidBitsOffset, container)] : [(at + BitsOffset, container)];
        return new Distrusted($"{found}; all {containerBytes * 8} are read.") { Instead = new PatchedBytes(bytes, patches) };
    }

    private static long FormatAt(ReadOnlySpan<byte> head, ClipBytes bytes, out long samplesAt)
    {
        samplesAt = 0;
        if (WavHeader.Begins(head))
        {
            var header = WavHeader.Read(bytes);
            samplesAt = header.SamplesOffset;
            return header.FormatBytes >= ShortBytes ? header.FormatOffset : 0;
        }

        if (head.StartsWith("riff"u8))
        {
            // A Wave64 chunk's name has 16 bytes and its length 8.
            int chunk = head.IndexOf(Wave64Format);
            return chunk < 0 ? 0 : chunk + 24;
        }

        int audio = head.StartsWith("RIFF"u8) && head.Length > 8 && head[8..].StartsWith("AVI "u8) ? head.IndexOf("auds"u8) : -1;
        int format = audio < 0 ? -1 : head[audio..].IndexOf("strf"u8);
        return format < 0 ? 0 : audio + format + WavHeader.ChunkHeaderBytes;
    }

    // Cool Edit wrote floats between -2^23 and 2^23 under this header, and FFmpeg and libsndfile read them. Integers in the upper bits, taken for floats,
    // soon have one that is smaller than any sample or larger than all.
    private static bool AreFloats(ClipBytes bytes, long at)
    {
        const float Least = 1.0f / (1 << 24);
        const float Most = 1 << 24;
        byte[] evidence = new byte[EvidenceBytes];
        int read = at > 0 ? Math.Max(0, bytes.ReadAt(at, evidence)) : 0;
        bool isSilent = true;
        foreach (float sample in MemoryMarshal.Cast<byte, float>(evidence.AsSpan(0, read & ~(sizeof(float) - 1))))
        {
            float size = Math.Abs(sample);
            isSilent &= size == 0;
            if (size != 0 && !(size >= Least && size <= Most))
            {
                return false;
            }
        }

        return !isSilent;
    }
}
