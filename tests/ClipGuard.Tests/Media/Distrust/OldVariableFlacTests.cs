using System.Buffers.Binary;

using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media.Distrust;

/// <summary>FLAC as it was written before 2007: frames of different lengths that are numbered one by one.</summary>
[CancelAfter(60_000)]
internal sealed class OldVariableFlacTests
{
    private const int RateHz = 44_100;
    private const int Short = 1_152;
    private const int Long = 4_096;
    private const int Frames = 120;

    private static readonly AudioSpec Native = new() { SampleRateHz = AudioSpec.NativeRate };

    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [Test]
    public void All_samples_come([Values] bool isTagged)
    {
        byte[] flac = Flac(out short[] samples);
        using DirectDecode decode =
            DirectDecode.Of(_media.Write($"old-{isTagged}.flac", isTagged ? [.. "ID3\x04\0\0\0\0\x01\x00"u8, .. new byte[128], .. flac] : flac), Native);
        Assert.That(decode.Clip.Damage, Is.EqualTo(DamageReport.None));
        Assert.That(decode.Samples.ToArray(), Is.EqualTo(samples.Select(sample => sample / 32768f)));
    }

    [TestCase(0.5)]
    [TestCase(2.3)]
    [TestCase(7.7)]
    public void A_time_range_is_the_same_samples(double start)
    {
        byte[] flac = Flac(out short[] samples);
        using DirectDecode part = DirectDecode.Of(_media.Write("range.flac", flac), Native with { StartSeconds = start, DurationSeconds = 0.5 });
        Assert.That(part.Samples.ToArray(), Is.EqualTo(samples.Skip((int)(start * RateHz)).Take(RateHz / 2).Select(sample => sample / 32768f)));
    }

    [Test]
    public void What_is_missing_is_missing_still()
    {
        byte[] flac = Flac(out _);
        using DirectDecode decode = DirectDecode.Of(_media.Write("cut.flac", flac.AsSpan(0, flac.Length / 2)), Native);
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Corrupt));
    }

    [Test]
    public void FFmpeg_gets_it_wrong_by_itself()
    {
        // 5.1: times that leap. Where this fails, it was mended.
        string path = _media.Write("leaps.flac", Flac(out _));
        double[] times = [.. FfmpegProgram.Probe($"-show_entries packet=pts_time -of csv=p=0 \"{path}\"")
            .Select(line => double.Parse(line.TrimEnd(','), System.Globalization.CultureInfo.InvariantCulture))];
        double[] right = [.. Enumerable.Range(0, Frames).Select(number => (double)Enumerable.Range(0, number).Sum(Size) / RateHz)];
        Assert.That(times, Is.Not.EqualTo(right).Within(0.001));
    }

    private static int Size(int frame) => frame % 4 == 0 ? Short : Long;

    private static byte[] Flac(out short[] samples)
    {
        short[] all = [.. Enumerable.Range(0, Enumerable.Range(0, Frames).Sum(Size)).Select(i => (short)(8_000 * Math.Sin(i * i * 1e-6)))];
        samples = all;
        using var stream = new MemoryStream();
        byte[] info = new byte[34];
        BinaryPrimitives.WriteUInt16BigEndian(info, Short);
        BinaryPrimitives.WriteUInt16BigEndian(info.AsSpan(2), Long);
        BinaryPrimitives.WriteUInt64BigEndian(info.AsSpan(10), ((ulong)RateHz << 44) | (15UL << 36) | (uint)all.Length);
        stream.Write("fLaC"u8);
        stream.Write([0x80, 0, 0, (byte)info.Length]);
        stream.Write(info);
        int at = 0;
        for (int i = 0; i < Frames; i++)
        {
            stream.Write(Frame(i, all.AsSpan(at, Size(i))));
            at += Size(i);
        }

        return stream.ToArray();
    }

    // 44.1 kHz, one channel, 16 bits, numbered as a frame; its samples as they are.
    private static byte[] Frame(int number, ReadOnlySpan<short> samples)
    {
        byte[] frame = new byte[9 + (samples.Length * 2) + 2];
        new byte[] { 0xFF, 0xF8, 0x79, 0x08, (byte)number }.CopyTo(frame, 0);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(5), (ushort)(samples.Length - 1));
        frame[7] = (byte)Checksum(frame.AsSpan(0, 7), 0x07, 8);
        frame[8] = 0x02;
        for (int i = 0; i < samples.Length; i++)
        {
            BinaryPrimitives.WriteInt16BigEndian(frame.AsSpan(9 + (i * 2)), samples[i]);
        }

        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(frame.Length - 2), (ushort)Checksum(frame.AsSpan(0, frame.Length - 2), 0x8005, 16));
        return frame;
    }

    private static int Checksum(ReadOnlySpan<byte> bytes, int polynomial, int bits)
    {
        int sum = 0;
        foreach (byte value in bytes)
        {
            sum ^= value << (bits - 8);
            for (int bit = 0; bit < 8; bit++)
            {
                sum = (sum & (1 << (bits - 1))) != 0 ? (sum << 1) ^ polynomial : sum << 1;
            }

            sum &= (1 << bits) - 1;
        }

        return sum;
    }
}
