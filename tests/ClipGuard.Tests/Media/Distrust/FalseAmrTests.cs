using System.Runtime.InteropServices;

using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media.Distrust;

/// <summary>Samples of floats without a header, which FFmpeg takes for AMR without a header, and AMR without a header.</summary>
[CancelAfter(60_000)]
internal sealed class FalseAmrTests
{
    // The major of FFmpeg that takes floats for AMR no longer.
    private const int MendedIn = 8;

    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [TestCase("sine.raw", 0.5, false)]
    [TestCase("sine.pcm", 0.5, false)]
    [TestCase("turned.raw", 0.5, true)]
    [TestCase("constant.f32", 0.1, false)]
    public void Floats_without_a_header_are_refused_with_the_reason(string name, double value, bool turned)
    {
        bool isSine = name != "constant.f32";
        float[] samples = [.. Enumerable.Range(0, 32_000).Select(i => (float)(isSine ? value * Math.Sin(2 * Math.PI * 440 * i / 16_000) : value))];
        byte[] bytes = MemoryMarshal.AsBytes(samples.AsSpan()).ToArray();
        if (turned)
        {
            for (int i = 0; i < bytes.Length; i += sizeof(float))
            {
                bytes.AsSpan(i, sizeof(float)).Reverse();
            }
        }

        string path = _media.Write(name, bytes);
        if (InstalledFFmpeg.ProgramMajor < MendedIn)
        {
            string[] probed = FfmpegProgram.Probe($"-show_entries format=format_name -of csv=p=0 {path}");
            Assert.That(probed[0], Does.StartWith("amr"), "where FFmpeg has mended it, Distrust/README.md is to be changed");
        }

        using DirectDecode decode = DirectDecode.Of(path, new AudioSpec());
        if (InstalledFFmpeg.Major >= MendedIn)
        {
            // As any other bytes of which nothing is known.
            FaultKind unknown = name.EndsWith(".raw", StringComparison.Ordinal) ? FaultKind.Unsupported : FaultKind.Corrupt;
            Assert.That(decode.Fault?.Kind, Is.EqualTo(unknown), decode.Log);
            return;
        }

        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Unsupported));
        Assert.That(decode.Fault!.Message, Does.StartWith("Nothing says what these bytes are. FFmpeg takes them for AMR without a header"));
    }

    [TestCase(0x3C, 32, "narrow.raw", 8000)]
    [TestCase(0x14, 16, "narrow.bin", 8000)]
    [TestCase(0x44, 61, "wide.raw", 16_000)]
    public void AMR_without_a_header_is_read_and_with_some_damage_too(int first, int frameBytes, string name, int rateHz)
    {
        const int Frames = 300, FrameMilliseconds = 20;
        byte[] bytes = new byte[Frames * frameBytes];
        new Random(1).NextBytes(bytes);
        for (int i = 0; i < Frames; i++)
        {
            bytes[i * frameBytes] = (byte)first;
        }

        using DirectDecode healthy = DirectDecode.Of(_media.Write(name, bytes), new AudioSpec { SampleRateHz = AudioSpec.NativeRate });
        Assert.That(healthy.Clip.SampleRateHz, Is.EqualTo(rateHz));
        Assert.That(healthy.Clip.Shape[1], Is.EqualTo(Frames * rateHz * FrameMilliseconds / 1000));

        // Whatever FFmpeg makes of it then, it is not refused here.
        bytes[100 * frameBytes] = 0x83;
        using DirectDecode damaged = DirectDecode.Of(_media.Write($"damaged-{name}", bytes), new AudioSpec());
        Assert.That(damaged.Fault?.Message ?? string.Empty, Does.Not.StartWith("Nothing says what these bytes are."));
    }
}
