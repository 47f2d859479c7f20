using System.Buffers.Binary;

using ClipGuard.Media.Libav.Bytes;
using ClipGuard.Media.Libav.Formats;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Distrust;

/// <summary>
/// RIFX: a WAV file whose numbers have their highest byte first. libavformat reads its header so and takes its samples for those of a WAV, lowest byte first.
/// FFmpeg is given the file as a WAV.
/// </summary>
internal sealed class BigEndianWav : IDistrustRule
{
    private const ushort Pcm = 1;
    private const ushort Float = 3;
    private const ushort ALaw = 6;
    private const ushort MuLaw = 7;
    private const ushort Extensible = 0xFFFE;
    private const int ShortBytes = 16;

    // The header of a WAV file is not longer than this up to its samples, unless it is none.
    private const int MostHeaderBytes = 1 << 20;

    // The numbers of WAVEFORMATEXTENSIBLE by their lengths: what is behind them are bytes.
    private static readonly int[] FormatFields = [2, 2, 4, 4, 2, 2, 2, 2, 4, 4, 2, 2];

    /// <inheritdoc/>
    public Distrusted? Find(ReadOnlySpan<byte> head, ClipBytes bytes, AVMediaType? wanted)
    {
        if (!WavHeader.Begins(head) || !head.StartsWith("RIFX"u8))
        {
            return null;
        }

        var header = WavHeader.Read(bytes);
        if (header.FormatBytes < ShortBytes || header.SamplesOffset is <= 0 or > MostHeaderBytes || header.FormatOffset > header.SamplesOffset)
        {
            return new Distrusted("The header of the RIFX file (a WAV with the highest byte first) does not tell where its samples are.") { IsRefused = true };
        }

        byte[] wav = new byte[header.SamplesOffset];
        if (bytes.ReadAt(0, wav) < wav.Length)
        {
            return null;
        }

        TurnHeader(wav);
        ReadOnlySpan<byte> format = wav.AsSpan((int)header.FormatOffset);
        ushort tag = BinaryPrimitives.ReadUInt16LittleEndian(format);
        ushort kind = tag == Extensible && header.FormatBytes >= 26 ? BinaryPrimitives.ReadUInt16LittleEndian(format[24..]) : tag;
        int channels = BinaryPrimitives.ReadUInt16LittleEndian(format[2..]);
        int align = BinaryPrimitives.ReadUInt16LittleEndian(format[12..]);
        if (kind is not (Pcm or Float or ALaw or MuLaw) || channels == 0 || align % channels != 0 || align == 0)
        {
            return new Distrusted(
                $"A RIFX file (a WAV with the highest byte first) is read where its samples are not compressed; this one's format is {kind}.")
            {
                IsRefused = true,
            };
        }

        return new Distrusted("The file is a RIFX (a WAV with the highest byte first) and is read as one.")
        {
            Instead = new RotatedSamples(bytes, wav, align / channels, header.SampleBytes),
        };
    }

    private static void TurnHeader(Span<byte> wav)
    {
        "RIFF"u8.CopyTo(wav);
        wav.Slice(4, 4).Reverse();
        int at = WavHeader.FileHeaderBytes;
        while (at + WavHeader.ChunkHeaderBytes <= wav.Length)
        {
            Span<byte> chunk = wav[at..];
            chunk.Slice(4, 4).Reverse();
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            Span<byte> content = chunk[WavHeader.ChunkHeaderBytes..];
            content = content[..(int)Math.Min(size, (uint)content.Length)];
            if (chunk.StartsWith("fmt "u8))
            {
                Turn(content, FormatFields);
            }
            else if (chunk.StartsWith("fact"u8))
            {
                Turn(content, [sizeof(uint)]);
            }

            at = (int)Math.Min(int.MaxValue / 2, at + WavHeader.ChunkHeaderBytes + (long)size + (size & 1));
        }
    }

    private static void Turn(Span<byte> content, ReadOnlySpan<int> fields)
    {
        int at = 0;
        foreach (int bytes in fields)
        {
            if (at + bytes > content.Length)
            {
                return;
            }

            content.Slice(at, bytes).Reverse();
            at += bytes;
        }
    }

    /// <summary>The clip with another header, and the bytes of each of its samples in the other order. What is behind the samples is left out.</summary>
    private sealed class RotatedSamples(ClipBytes clip, byte[] header, int width, long? sampleBytes) : ClipBytes
    {
        public override long Length { get; } = Math.Min(clip.Length, sampleBytes is { } told ? header.Length + told : long.MaxValue);

        public override string Name => clip.Name;

        public override int ReadAt(long position, Span<byte> buffer)
        {
            buffer = buffer[..(int)Math.Clamp(Length - position, 0, buffer.Length)];
            if (position < header.Length)
            {
                Span<byte> part = header.AsSpan((int)position);
                int count = Math.Min(part.Length, buffer.Length);
                part[..count].CopyTo(buffer);
                return count;
            }

            if (buffer.IsEmpty)
            {
                return 0;
            }

            // Whole samples are read; of the first and the last one, what was asked for is given.
            int before = (int)((position - header.Length) % width);
            byte[] samples = new byte[(before + buffer.Length + width - 1) / width * width];
            int read = clip.ReadAt(position - before, samples);
            for (int at = 0; width > 1 && at + width <= read; at += width)
            {
                samples.AsSpan(at, width).Reverse();
            }

            int given = Math.Clamp(read - before, Math.Min(0, read), buffer.Length);
            samples.AsSpan(before, Math.Max(0, given)).CopyTo(buffer);
            return given;
        }

        public override void Dispose() => clip.Dispose();
    }
}
