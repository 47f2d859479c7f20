using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>A time range of a clip has the same samples as that range of the whole clip.</summary>
[CancelAfter(120_000)]
internal sealed class AudioRangeWriterTests
{
    private const string Source = "-f lavfi -i \"sine=f=440:d=20:r=44100,volume=0.5[a];anoisesrc=d=20:r=44100:seed=7:a=0.2:c=pink[b];[a][b]amix=inputs=2\"";

    // AAC may leave noise to be made up by the decoder, which makes other noise after a jump.
    private const string WithoutMadeUpNoise = "-aac_pns 0";

    private static readonly (string Name, string Arguments, double Tolerance)[] Clips =
    [
        ("pcm.wav", Source, 0),
        ("lossless.flac", Source, 0),
        ("lossless.mkv", $"{Source} -c:a flac", 0),
        ("apple.m4a", $"{Source} -c:a alac", 0),
        ("lame.mp3", Source, 1e-5),
        ("variable.mp3", $"{Source} -q:a 4", 1e-5),
        ("aac.m4a", $"{Source} {WithoutMadeUpNoise}", 1e-5),
        ("adts.aac", $"{Source} {WithoutMadeUpNoise}", 1e-5),
        ("aac.mkv", $"{Source} -c:a aac {WithoutMadeUpNoise}", 1e-5),
        ("transport.ts", $"{Source} -c:a aac {WithoutMadeUpNoise}", 1e-5),
        ("vorbis.ogg", $"{Source} -c:a libvorbis", 1e-5),
        ("fast.ts", $"{Source.Replace("44100", "88200", StringComparison.Ordinal)} -c:a aac {WithoutMadeUpNoise}", 1e-5),
        ("opus.ogg", $"{Source} -c:a libopus", 2e-3),
        ("opus.webm", $"{Source} -c:a libopus", 2e-3),
    ];

    private readonly MediaFolder _media = new();

    public static IEnumerable<string> Names => Clips.Select(clip => clip.Name);

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [TestCaseSource(nameof(Names))]
    public void A_time_range_begins_and_ends_at_its_sample(string name)
    {
        (_, string arguments, double tolerance) = Clips.Single(clip => clip.Name == name);
        string path = _media.Make(name, arguments);
        var whole = new AudioSpec { SampleRateHz = AudioSpec.NativeRate };
        using DirectDecode all = DirectDecode.Of(path, whole);
        foreach ((double start, double duration) in new[] { (0, 0.5), (0.7321, 1.25), (13.54321, 0.75), (7.1, 2.0), (19.5, 3.0) })
        {
            using DirectDecode part = DirectDecode.Of(path, whole with { StartSeconds = start, DurationSeconds = duration });
            int rate = all.Clip.SampleRateHz;
            int from = (int)(start * rate);
            int count = Math.Min((int)(duration * rate), all.Clip.Shape[1] - from);
            Assert.That(part.Clip.Shape, Is.EqualTo(new[] { 1, count }), $"from {start} s");
            double worst = 0;
            for (int i = 0; i < count; i++)
            {
                worst = Math.Max(worst, Math.Abs(part.Samples[i] - all.Samples[from + i]));
            }

            Assert.That(worst, Is.LessThanOrEqualTo(tolerance), $"from {start} s");
        }
    }

    [Test]
    public void What_lies_before_is_jumped_over([Values("pcm.wav", "lossless.flac", "aac.m4a", "lame.mp3", "opus.ogg")] string name)
    {
        string path = _media.Make(name, Clips.Single(clip => clip.Name == name).Arguments);
        using DirectDecode all = DirectDecode.Of(path, new AudioSpec());
        using DirectDecode part = DirectDecode.Of(path, new AudioSpec { StartSeconds = 18, DurationSeconds = 0.5 });
        Assert.That(part.Frames, Is.LessThan(all.Frames / 5));
    }

    [Test]
    public void Beyond_the_end_there_is_nothing()
    {
        string path = _media.Make("pcm.wav", Source);
        using DirectDecode decode = DirectDecode.Of(path, new AudioSpec { StartSeconds = 25 });
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Corrupt));
        Assert.That(decode.Fault!.Message, Does.Contain("ends at 20 s"));
    }

    [Test]
    public void A_track_is_chosen_by_its_number()
    {
        string path = _media.Make("two.mka", "-f lavfi -i sine=d=1:r=8000 -f lavfi -i sine=d=2:r=16000 -map 0 -map 1 -c:a pcm_s16le");
        using DirectDecode first = DirectDecode.Of(path, new AudioSpec { Track = 0, SampleRateHz = AudioSpec.NativeRate });
        using DirectDecode second = DirectDecode.Of(path, new AudioSpec { Track = 1, SampleRateHz = AudioSpec.NativeRate });
        using DirectDecode third = DirectDecode.Of(path, new AudioSpec { Track = 2 });
        Assert.That(first.Clip.Shape, Is.EqualTo(new[] { 1, 8000 }));
        Assert.That(second.Clip.Shape, Is.EqualTo(new[] { 1, 32_000 }));
        Assert.That(third.Fault?.Kind, Is.EqualTo(FaultKind.Unsupported));
    }

    [TestCase("gap.m4a", "-c:a aac")]
    [TestCase("gap.mka", "-c:a aac")]
    [TestCase("gap.flac.mka", "-c:a flac")]
    [TestCase("gap.webm", "-c:a libopus")]
    public void Behind_a_pause_a_time_range_begins_where_the_clock_says(string name, string codec)
    {
        string path = _media.Make(
            name,
            $"-f lavfi -i anoisesrc=d=30:r=48000:seed=7:a=0.2:c=pink -af aselect='not(between(t\\,1\\,20))' {codec} "
                + $"{(codec == "-c:a aac" ? WithoutMadeUpNoise : string.Empty)}");
        var whole = new AudioSpec { SampleRateHz = AudioSpec.NativeRate };
        using DirectDecode all = DirectDecode.Of(path, whole);
        using DirectDecode late = DirectDecode.Of(path, whole with { StartSeconds = 22, DurationSeconds = 2 });
        using DirectDecode within = DirectDecode.Of(path, whole with { StartSeconds = 10, DurationSeconds = 14 });
        using DirectDecode across = DirectDecode.Of(path, whole with { StartSeconds = 0.5, DurationSeconds = 23.5 });
        Assert.That(late.Clip.Shape[1], Is.EqualTo(96_000));

        // Codecs begin and end the pause with a frame of theirs.
        Assert.That(within.Clip.Shape[1], Is.EqualTo(4 * 48_000).Within(8_192));
        Assert.That(across.Clip.Shape[1], Is.EqualTo(4.5 * 48_000).Within(8_192));
        double tolerance = codec.EndsWith("flac", StringComparison.Ordinal) ? 0 : codec.EndsWith("opus", StringComparison.Ordinal) ? 0.02 : 1e-2;
        AssertSame(late.Samples, across.Samples[^late.Samples.Length..], tolerance);
        AssertSame(within.Samples[^96_000..], across.Samples[^96_000..], tolerance);
        int start = 24_000;
        AssertSame(across.Samples, all.Samples.Slice(start, across.Samples.Length), tolerance);
    }

    [Test]
    public void Behind_damage_a_time_range_begins_where_it_would_without([Values(4_608, 1_024)] int frameSamples)
    {
        string whole = _media.Make($"lossless{frameSamples}.flac", $"{Source} -af asetnsamples={frameSamples}:p=0 -frame_size {frameSamples}");
        byte[] bytes = File.ReadAllBytes(whole);
        new Random(2).NextBytes(bytes.AsSpan(bytes.Length / 20, 2_000));
        string damaged = _media.Write($"damaged{frameSamples}.flac", bytes);
        var spec = new AudioSpec { SampleRateHz = AudioSpec.NativeRate, StartSeconds = 1.75, DurationSeconds = 1 };
        using DirectDecode expected = DirectDecode.Of(whole, spec);
        using DirectDecode decode = DirectDecode.Of(damaged, spec);
        Assert.That(decode.Clip.Damage, Is.EqualTo(DamageReport.None));
        Assert.That(decode.Samples.SequenceEqual(expected.Samples), decode.Log);
    }

    [Test]
    public void A_clock_that_trembles_takes_no_samples_away()
    {
        string even = _media.Make("aac.m4a", $"{Source} {WithoutMadeUpNoise}");
        string trembling = _media.Make("trembling.m4a", $"-i \"{even}\" -c copy -bsf:a setts=pts=PTS+mod(N\\,2):dts=DTS+mod(N\\,2)");
        var spec = new AudioSpec { SampleRateHz = AudioSpec.NativeRate };
        using DirectDecode expected = DirectDecode.Of(even, spec);
        using DirectDecode decode = DirectDecode.Of(trembling, spec);
        using DirectDecode part = DirectDecode.Of(trembling, spec with { StartSeconds = 10, DurationSeconds = 5 });
        Assert.That(decode.Clip.Shape[1], Is.EqualTo(expected.Clip.Shape[1]).Within(2));
        Assert.That(decode.Samples[..800_000].SequenceEqual(expected.Samples[..800_000]));
        AssertSame(part.Samples, expected.Samples.Slice(441_000, 220_500), 1e-5);
    }

    [TestCase("gapless.mp3", "")]
    [TestCase("gapless.opus", "-c:a libopus")]
    [TestCase("gapless.m4a", "")]
    [TestCase("gapless.mp4", "-c:a libmp3lame")]
    public void Delay_and_padding_of_the_encoder_are_no_part_of_the_clip(string name, string codec)
    {
        string path = _media.Make(name, $"-f lavfi -i sine=d=3:r=48000 {codec}");
        using DirectDecode decode = DirectDecode.Of(path, new AudioSpec { SampleRateHz = AudioSpec.NativeRate });

        // The demuxer of 8 tells nowhere how much of the last frame of MP3 in MP4 is padding.
        Assert.That(decode.Clip.Shape, Is.EqualTo(new[] { 1, InstalledFFmpeg.Major == 8 && name == "gapless.mp4" ? 144_047 : 144_000 }));
    }

    [Test]
    public void Padding_on_the_clock_of_an_encoder_s_core_is_no_part_of_the_clip()
    {
        // The encoder's header says that there is no spectral band replication; this one says that there is, to 48 kHz.
        byte[] bytes = File.ReadAllBytes(_media.Make("core.m4a", "-f lavfi -i sine=d=3:r=24000"));
        bytes[bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x56, 0xE5, 0x00]) + 2] = 0x98;
        using DirectDecode decode = DirectDecode.Of(_media.Write("replicated.m4a", bytes), new AudioSpec { SampleRateHz = AudioSpec.NativeRate });
        Assert.That((decode.Clip.SampleRateHz, decode.Clip.Shape[1]), Is.EqualTo((48_000, 144_000)));
    }

    [TestCase("exact.m4a", "00000840 000001C0 000000000002321C", 143_900)]
    [TestCase("foreign.m4a", "00000840 000001C0 0000000000000BAA", 144_000)]
    public void The_tag_of_Apple_s_encoders_tells_where_padding_begins(string name, string counts, int samples)
    {
        string path = _media.Make(name, $"-f lavfi -i sine=d=3:r=48000 -movflags use_metadata_tags -metadata iTunSMPB=\" 00000000 {counts}\"");
        using DirectDecode decode = DirectDecode.Of(path, new AudioSpec { SampleRateHz = AudioSpec.NativeRate });
        Assert.That(decode.Clip.Shape[1], Is.EqualTo(samples));
    }

    private static void AssertSame(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected, double tolerance)
    {
        double worst = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            worst = Math.Max(worst, Math.Abs(actual[i] - expected[i]));
        }

        Assert.That(actual.Length, Is.EqualTo(expected.Length));
        Assert.That(worst, Is.LessThanOrEqualTo(tolerance));
    }
}
