using ClipGuard.Media;
using ClipGuard.Media.Libav.Audio;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>Several windows of a clip's audio out of one decode are bit for bit what the same ranges are alone, wherever their lengths come from.</summary>
[CancelAfter(300_000)]
internal sealed class AudioWindowTests
{
    private const int Seconds = 14;
    private const string Rising = "aevalsrc='0.5*sin(2*PI*(100*t+20*t*t))|0.4*sin(2*PI*(150*t+15*t*t))'";

    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    // Lengths by the header (wav, flac, mp3), by the end of the track (m4a, ogg), by nothing (adts); jumps that are exact, and none at all (ac3, adpcm).
    [TestCase("a.wav", "")]
    [TestCase("ms.wav", "-c:a adpcm_ms")]
    [TestCase("a.flac", "")]
    [TestCase("a.mp3", "-c:a libmp3lame")]
    [TestCase("bare.mp3", "-c:a libmp3lame -write_xing 0")]
    [TestCase("a.m4a", "-c:a aac -aac_pns 0")]
    [TestCase("a.aac", "-c:a aac -aac_pns 0")]
    [TestCase("a.ogg", "-c:a libvorbis")]
    [TestCase("opus.ogg", "-c:a libopus -ar 48000")]
    [TestCase("a.ac3", "-c:a ac3")]
    [TestCase("a.mka", "-c:a aac -aac_pns 0")]
    public void They_are_the_same_ranges_asked_for_alone(string name, string codec)
    {
        string path = _media.Make(name, $"-f lavfi -i \"{Rising}:s=44100:d={Seconds}\" {codec}");
        var spec = new AudioSpec { Channels = AudioChannels.All };
        using DirectDecode whole = DirectDecode.Of(path, spec with { SampleRateHz = AudioSpec.NativeRate });

        // The second and the third overlap, and between the third and the last it pays to jump.
        using DirectDecode windows = DirectDecode.Of(path, spec with { Windows = new AudioWindows(4, 1.1) { Positions = [0, 0.2, 0.23, 1] } });

        const int Each = 2 * 17_600;
        Assert.That(windows.Clip.Shape, Is.EqualTo(new[] { 4, 2, 17_600 }));
        Assert.That(windows.Clip.SampleRateHz, Is.EqualTo(16_000));
        Assert.That(windows.Clip.Damage, Is.EqualTo(DamageReport.None));
        for (int i = 0; i < 4; i++)
        {
            using DirectDecode alone = DirectDecode.Of(path, spec with { StartSeconds = windows.Clip.WindowStartsSeconds[i], DurationSeconds = 1.1 });
            Assert.That(windows.Samples.Slice(i * Each, Each).SequenceEqual(alone.Samples), $"window {i}");
        }

        // The ffmpeg program of 7.1 writes into an ADPCM file how many samples went into it, fewer than its whole blocks give, and its libavformat reads that.
        int rate = whole.Clip.SampleRateHz;
        int[] lengths = name == "ms.wav" ? [whole.Clip.Shape[1], Seconds * rate] : [whole.Clip.Shape[1]];
        int window = (int)(1.1 * rate);
        int last = (int)Math.Round(windows.Clip.WindowStartsSeconds[3] * rate);
        Assert.That(lengths, Does.Contain(last + window), "the last one ends with the clip");
        Assert.That((long)(windows.Clip.WindowStartsSeconds[0] * rate), Is.Zero);
        Assert.That((long)(windows.Clip.WindowStartsSeconds[1] * rate), Is.EqualTo((long)(0.2 * (last + 1))));
    }

    [Test]
    public void Evenly_they_reach_from_the_start_to_the_end_of_the_time_range()
    {
        string path = _media.Make("a.wav", $"-f lavfi -i \"{Rising}:s=44100:d={Seconds}\" ");
        var spec = new AudioSpec { StartSeconds = 2, DurationSeconds = 8 };

        using DirectDecode three = DirectDecode.Of(path, spec with { Windows = new AudioWindows(3, 2) });
        using DirectDecode one = DirectDecode.Of(path, spec with { Windows = new AudioWindows(1, 2) });

        Assert.That(three.Clip.WindowStartsSeconds, Is.EqualTo(new[] { 2.0, 5, 8 }).Within(1.0 / 44_100));
        Assert.That(one.Clip.WindowStartsSeconds, Is.EqualTo(new[] { 2.0 }));
    }

    [Test]
    public void A_clip_that_is_too_short_is_refused_padded_or_begun_again()
    {
        string path = _media.Write("short.wav", Wave.Ramp(16_000, 1000));
        var windows = new AudioWindows(2, 2500 / 16_000.0);
        using DirectDecode whole = DirectDecode.Of(path, new AudioSpec());
        float[] samples = whole.Samples.ToArray();

        using DirectDecode refused = DirectDecode.Of(path, new AudioSpec { Windows = windows });
        using DirectDecode padded = DirectDecode.Of(path, new AudioSpec { Windows = windows with { WhenShort = ShortClipPolicy.Pad } });
        using DirectDecode looped = DirectDecode.Of(path, new AudioSpec { Windows = windows with { WhenShort = ShortClipPolicy.Loop } });

        Assert.That(refused.Fault, Has.Property("Kind").EqualTo(FaultKind.Unsupported).And.Property("Message").Contains("0.0625 s"));
        Assert.That(padded.Clip.Shape, Is.EqualTo(new[] { 2, 1, 2500 }));
        float[] silent = [.. samples, .. new float[1500]];
        float[] again = [.. samples, .. samples, .. samples[..500]];
        Assert.That(padded.Samples.ToArray(), Is.EqualTo(silent.Concat(silent)));
        Assert.That(looped.Samples.ToArray(), Is.EqualTo(again.Concat(again)));
        Assert.That(padded.Clip.WindowStartsSeconds.Concat(looped.Clip.WindowStartsSeconds), Is.All.Zero.And.Exactly(4).Items);
        Assert.That(padded.Clip.Damage, Is.EqualTo(DamageReport.None));
    }

    [Test]
    public void A_clip_just_as_long_as_a_window_fits()
    {
        string path = _media.Write("just.wav", Wave.Ramp(16_000, 1000));

        using DirectDecode windows = DirectDecode.Of(path, new AudioSpec { Windows = new AudioWindows(2, 0.0625) });
        using DirectDecode whole = DirectDecode.Of(path, new AudioSpec());

        Assert.That(windows.Clip.Shape, Is.EqualTo(new[] { 2, 1, 1000 }));
        Assert.That(windows.Samples[1000..].SequenceEqual(whole.Samples));
    }

    [TestCase("cut.wav", "")]
    [TestCase("cut.flac", "")]
    [TestCase("cut.m4a", "-c:a aac -movflags +faststart")]
    public void What_a_cut_off_clip_lacks_is_damage(string name, string codec)
    {
        byte[] bytes = File.ReadAllBytes(_media.Make($"whole-{name}", $"-f lavfi -i \"{Rising}:s=44100:d={Seconds}\" {codec}"));
        string path = _media.Write(name, bytes.AsSpan(0, bytes.Length / 2));

        using DirectDecode decode = DirectDecode.Of(path, new AudioSpec { Windows = new AudioWindows(3, 1) });

        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Corrupt));
    }

    [Test]
    public void More_than_the_payload_holds_is_known_before_the_work()
    {
        string path = _media.Make("a.wav", $"-f lavfi -i \"{Rising}:s=44100:d={Seconds}\" ");
        var request = new DecodeRequest(new FileSource(path), new AudioSpec { Windows = new AudioWindows(200, 1) })
        {
            Limits = new DecodeLimits { MaxPayloadBytes = 200 * 64_000 - 1 },
        };

        using var decode = new DirectDecode(request);

        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.LimitExceeded));
        Assert.That(decode.Frames, Is.LessThanOrEqualTo(2));
    }

    [Test]
    public void Beyond_the_end_there_is_no_window()
    {
        string path = _media.Write("end.wav", Wave.Ramp(16_000, 1000));

        using DirectDecode decode = DirectDecode.Of(path, new AudioSpec { StartSeconds = 1, Windows = new AudioWindows(1, 0.01) });

        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Corrupt));
    }

    [Test]
    public void A_start_in_seconds_stands_for_its_sample_at_every_rate()
    {
        foreach (int rate in new[] { 8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000 })
        {
            for (long sample = 0; sample < 20_000_000; sample += 997)
            {
                Assert.That((long)(AudioWindowSet.SecondsOf(sample, rate) * rate), Is.EqualTo(sample));
            }
        }
    }
}
