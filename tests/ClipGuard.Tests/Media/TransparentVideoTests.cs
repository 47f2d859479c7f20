using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>Transparency that lies beside the packets of VP8 and VP9 is laid over the background; FFmpeg's own decoders leave it out.</summary>
[CancelAfter(60_000)]
internal sealed class TransparentVideoTests
{
    // Red, more and more opaque to the right.
    private const string Ramp = "-f lavfi -i color=red:s=96x64:r=10:d=1,format=yuva420p,geq=lum=lum(X\\,Y):cb=cb(X\\,Y):cr=cr(X\\,Y):a=X*255/95";

    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [Test]
    public void It_is_laid_over_the_background([Values("libvpx", "libvpx-vp9")] string codec, [Values("webm", "mkv")] string container)
    {
        string path = _media.Make($"{codec}.{container}", $"{Ramp} -c:v {codec} -deadline realtime -cpu-used 8 -auto-alt-ref 0 -crf 4 -b:v 4M");
        var spec = new VideoSpec { Size = new OwnSize(), Selection = new UniformFrames(4), Background = new RgbColor(0, 0, 255) };
        using DirectDecode decode = DirectDecode.Of(path, spec);
        Assert.That(decode.Clip.Damage, Is.EqualTo(DamageReport.None));
        int row = ((3 * 64) + 32) * 96 * 3;
        for (int x = 4; x < 92; x += 8)
        {
            double alpha = x / 95.0;
            Assert.That(decode.Bytes[row + (x * 3)], Is.EqualTo(253 * alpha).Within(12), $"red at {x}");
            Assert.That(decode.Bytes[row + (x * 3) + 2], Is.EqualTo(255 * (1 - alpha)).Within(12), $"blue at {x}");
        }

        string[] probed = FfmpegProgram.Probe($"-show_entries stream=pix_fmt -of csv=p=0 \"{path}\"");
        Assert.That(probed, Is.EqualTo(new[] { "yuv420p" }), "FFmpeg by itself gives no alpha");
        using DirectDecode look = DirectDecode.Of(path, new InspectSpec());
        StreamDescription stream = ClipDescription.Read(look.Bytes).Streams.Single();
        Assert.That((stream.HasAlpha, stream.FoundFrameCount, stream.Damage), Is.EqualTo(((bool?)true, (long?)10, DamageReport.None)));
    }
}
