using System.Runtime.InteropServices;

using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>What every decoder of audio promises, tried on the formats that all of them read.</summary>
[CancelAfter(120_000)]
internal abstract class AudioDecoderContract
{
    // Left and right differ, so that a swapped or lost channel shows.
    private const string Stereo = "-f lavfi -i \"sine=f=440:d=3:r=44100,volume=0.5,aformat=fltp:44100:mono[a];"
        + "anoisesrc=d=3:r=44100:seed=7:a=0.2,aformat=fltp:44100:mono[b];[a][b]amerge\"";
    private const string Surround = "-f lavfi -i \"anoisesrc=d=1:r=48000:seed=3:a=0.3,pan=5.1|c0=c0|c1=0.9*c0|c2=0.8*c0|c3=0.7*c0|c4=0.6*c0|c5=0.5*c0\"";
    private const double FloatStep = 1e-6;

    // What lies after a sample is heard in it by the resampler's filter, this far.
    private const int FilterSamples = 32;

    private static readonly AudioSpec Native = new() { SampleRateHz = AudioSpec.NativeRate, Channels = AudioChannels.All };

    private static readonly (string Name, string Arguments)[] Clips =
    [
        ("u8.wav", $"{Stereo} -c:a pcm_u8"),
        ("s16.wav", $"{Stereo} -c:a pcm_s16le"),
        ("s24.wav", $"{Stereo} -c:a pcm_s24le"),
        ("s32.wav", $"{Stereo} -c:a pcm_s32le"),
        ("f32.wav", $"{Stereo} -c:a pcm_f32le"),
        ("f64.wav", $"{Stereo} -c:a pcm_f64le"),
        ("surround.wav", Surround),
        ("large.wav", $"{Stereo} -rf64 always"),
        ("s8.aiff", $"{Stereo} -c:a pcm_s8"),
        ("s16.aiff", Stereo),
        ("s24.aiff", $"{Stereo} -c:a pcm_s24be"),
        ("s32.aiff", $"{Stereo} -c:a pcm_s32be"),
    ];

    public static IEnumerable<string> Names => Clips.Select(clip => clip.Name);

    protected MediaFolder Media { get; } = new();

    /// <summary>What is loaded besides FFmpeg, and decodes where it is not null.</summary>
    protected virtual (string Name, IAudioDecoder Decoder)? PlugIn => null;

    [OneTimeTearDown]
    public void Remove() => Media.Dispose();

    [TestCaseSource(nameof(Names))]
    public void At_its_own_rate_a_clip_comes_out_bit_for_bit(string name)
    {
        using DirectDecode decode = Decode(Make(name), Native);
        Assert.That(decode.Samples.SequenceEqual(Reference(name, string.Empty, decode.Clip.Shape[0])));
        Assert.That(decode.Clip.PayloadBytes(), Is.EqualTo(decode.Bytes.Length));
        Assert.That(decode.Clip.Damage, Is.EqualTo(DamageReport.None));
    }

    [TestCaseSource(nameof(Names))]
    public void At_another_rate_it_is_what_ffmpeg_makes_of_it(string name)
    {
        using DirectDecode decode = Decode(Make(name), new AudioSpec { Channels = AudioChannels.All });
        int channels = decode.Clip.Shape[0];
        int samples = decode.Clip.Shape[1];
        float[] expected = Reference(name, "-ar 16000", channels);
        double worst = 0;
        for (int channel = 0; channel < channels; channel++)
        {
            for (int i = 0; i < samples - FilterSamples; i++)
            {
                worst = Math.Max(worst, Math.Abs(decode.Samples[(channel * samples) + i] - expected[(channel * (expected.Length / channels)) + i]));
            }
        }

        Assert.That(decode.Clip.SampleRateHz, Is.EqualTo(16_000));
        Assert.That(worst, Is.LessThan(name.Contains("16", StringComparison.Ordinal) || name.Contains('8') ? 1.0 / 32768 : FloatStep));
    }

    [Test]
    public void Mono_is_the_mean_of_the_channels([Values("s16.wav", "surround.wav", "s24.aiff")] string name)
    {
        using DirectDecode all = Decode(Make(name), Native);
        using DirectDecode mono = Decode(Make(name), Native with { Channels = AudioChannels.Mono });
        (int channels, int samples) = (all.Clip.Shape[0], all.Clip.Shape[1]);
        float[] parts = all.Samples.ToArray();
        float[] means = [.. Enumerable.Range(0, samples).Select(i => Enumerable.Range(0, channels).Average(channel => parts[(channel * samples) + i]))];
        Assert.That(mono.Clip.Shape, Is.EqualTo(new[] { 1, samples }));
        Assert.That(mono.Samples.ToArray(), Is.EqualTo(means).Within(FloatStep));
    }

    [TestCase(44_100, 16_000)]
    [TestCase(48_000, 16_000)]
    [TestCase(8_000, 16_000)]
    [TestCase(11_025, 44_100)]
    [TestCase(44_100, 44_101)]
    public void The_length_is_the_exact_ceiling(int source, int target)
    {
        int samples = source + 7;
        string path = Media.Make($"{source}-{target}.wav", $"-f lavfi -i sine=r={source}:d=2 -af atrim=end_sample={samples}");
        using DirectDecode decode = Decode(path, new AudioSpec { SampleRateHz = target });
        Assert.That(decode.Clip.Shape, Is.EqualTo(new[] { 1, (int)Math.Ceiling((double)samples * target / source) }));
    }

    [Test]
    public void A_time_range_begins_and_ends_at_its_sample([Values("s16.wav", "s24.wav", "s24.aiff")] string name)
    {
        string path = Make(name);
        using DirectDecode all = Decode(path, Native with { Channels = AudioChannels.Mono });
        foreach ((double start, double duration) in new[] { (0, 0.5), (0.7321, 1.25), (2.54321, 0.25), (2.9, 3.0) })
        {
            using DirectDecode part = Decode(path, Native with { Channels = AudioChannels.Mono, StartSeconds = start, DurationSeconds = duration });
            int from = (int)(start * 44_100);
            int count = Math.Min((int)(duration * 44_100), all.Clip.Shape[1] - from);
            Assert.That(part.Clip.Shape, Is.EqualTo(new[] { 1, count }), $"from {start} s");
            Assert.That(part.Samples.SequenceEqual(all.Samples.Slice(from, count)), $"from {start} s");
        }
    }

    [TestCase("s16.wav")]
    [TestCase("s24.aiff")]
    public void Windows_are_the_same_ranges_asked_for_alone(string name)
    {
        string path = Make(name);
        AudioSpec spec = new() { Channels = AudioChannels.All, StartSeconds = 0.25, DurationSeconds = 2.5 };
        using DirectDecode windows = Decode(path, spec with { Windows = new AudioWindows(4, 0.75) { Positions = [0, 0, 0.37, 1] } });
        Assert.That(windows.Clip.Shape, Is.EqualTo(new[] { 4, 2, 12_000 }));
        Assert.That(windows.Clip.WindowStartsSeconds, Is.EqualTo(new[] { 0.25, 0.25, 0.8975, 2 }).Within(1.0 / 44_100));
        for (int i = 0; i < 4; i++)
        {
            using DirectDecode alone = Decode(path, spec with { StartSeconds = windows.Clip.WindowStartsSeconds[i], DurationSeconds = 0.75 });
            Assert.That(windows.Samples.Slice(i * 24_000, 24_000).SequenceEqual(alone.Samples), $"window {i}");
        }
    }

    [Test]
    public void Beyond_the_end_there_is_nothing()
    {
        using DirectDecode decode = Decode(Make("s16.wav"), new AudioSpec { StartSeconds = 25 });
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.Corrupt));
        Assert.That(decode.Fault!.Message, Does.Contain("ends at 3 s"));
    }

    [Test]
    public void Bytes_in_memory_and_in_the_midst_of_a_file_decode_as_the_file_does([Values("s16.wav", "s16.aiff")] string name)
    {
        byte[] bytes = File.ReadAllBytes(Make(name));
        string shard = Media.Write("shard.tar", [.. new byte[777], .. bytes, .. "what comes after"u8]);
        using DirectDecode alone = Decode(Make(name), new AudioSpec());
        using DirectDecode held = Decode(new DecodeRequest(new MemorySource(bytes), new AudioSpec()));
        using DirectDecode within = Decode(new DecodeRequest(new FileSource(shard) { Offset = 777, Length = bytes.Length }, new AudioSpec()));
        Assert.That(alone.Clip.Shape, Is.EqualTo(new[] { 1, 48_000 }));
        Assert.That(held.Bytes.SequenceEqual(alone.Bytes));
        Assert.That(within.Bytes.SequenceEqual(alone.Bytes));
    }

    [Test]
    public void Progress_is_marked()
    {
        using DirectDecode decode = Decode(Make("s16.wav"), new AudioSpec());
        Assert.That(decode.BytesRead, Is.GreaterThanOrEqualTo(3 * 44_100 * 4));
        Assert.That(decode.Packets, Is.Positive);
        Assert.That(decode.Frames, Is.Positive);
    }

    [Test]
    public void What_is_no_file_is_missing_and_never_opened()
    {
        string fifo = Media.PathOf("fifo.wav");
        using (var maker = System.Diagnostics.Process.Start("mkfifo", fifo))
        {
            maker.WaitForExit();
        }

        Expect(FaultKind.Missing, Media.PathOf("nothing.wav"));
        Expect(FaultKind.Missing, Path.GetDirectoryName(Media.PathOf("x"))!);
        Expect(FaultKind.Missing, "/dev/zero");
        Expect(FaultKind.Missing, fifo);
    }

    [Test]
    public void An_empty_file_is_corrupt() => Expect(FaultKind.Corrupt, Media.Write("empty.wav", []));

    [Test]
    public void Noise_called_wav_is_corrupt([Range(1, 5)] int seed)
    {
        byte[] noise = new byte[20_000];
        new Random(seed).NextBytes(noise);
        Expect(FaultKind.Corrupt, Media.Write($"noise{seed}.wav", noise));
    }

    [Test]
    public void A_clip_that_was_cut_off_is_corrupt([Values("s16.wav", "large.wav", "s16.aiff")] string name, [Values(20, 45, 100_000)] int length) =>
        Expect(FaultKind.Corrupt, Media.Write($"cut{length}-{name}", File.ReadAllBytes(Make(name)).AsSpan(0, length)));

    [Test]
    public void A_cut_off_recording_still_gives_the_time_range_that_is_there()
    {
        byte[] whole = File.ReadAllBytes(Make("s16.wav"));
        using DirectDecode decode = Decode(Media.Write("half.wav", whole.AsSpan(0, whole.Length / 2)), new AudioSpec { DurationSeconds = 1 });
        Assert.That(decode.Clip.Shape, Is.EqualTo(new[] { 1, 16_000 }));
    }

    [Test]
    public void A_long_recording_that_was_cut_off_between_two_samples_is_corrupt([Values("long.wav", "long.aiff")] string name)
    {
        byte[] whole = File.ReadAllBytes(Media.Make(name, "-f lavfi -i sine=d=60:r=16000"));
        Expect(FaultKind.Corrupt, Media.Write($"cut-{name}", whole.AsSpan(0, whole.Length / 4 * 2)), limits: new DecodeLimits { MaxPayloadBytes = 1 << 23 });
    }

    [Test]
    public void Damage_within_the_limit_is_told()
    {
        byte[] whole = File.ReadAllBytes(Make("s16.wav"));
        string path = Media.Write("most.wav", whole.AsSpan(0, whole.Length / 2));
        using DirectDecode decode = Decode(
            new DecodeRequest(new FileSource(path), new AudioSpec()) { Limits = new DecodeLimits { MaxDamagedAudioShare = 0.6, MaxPayloadBytes = 1 << 20 } });
        Assert.That(decode.Clip.Damage.MissingSampleCount, Is.InRange(60_000, 66_200));
        Assert.That(decode.Clip.Damage.FirstAt?.TotalSeconds, Is.InRange(1.45, 1.5));
    }

    [Test]
    public void A_wav_of_unknown_length_ends_where_it_ends()
    {
        byte[] bytes = File.ReadAllBytes(Make("s16.wav"));
        int data = bytes.AsSpan().IndexOf("data"u8);
        BitConverter.TryWriteBytes(bytes.AsSpan(4), uint.MaxValue);
        BitConverter.TryWriteBytes(bytes.AsSpan(data + 4), uint.MaxValue);
        using DirectDecode decode = Decode(Media.Write("stream.wav", bytes), new AudioSpec());
        Assert.That(decode.Clip.Shape, Is.EqualTo(new[] { 1, 48_000 }));
    }

    [Test]
    public void Limits_are_kept()
    {
        Expect(FaultKind.LimitExceeded, Make("s16.wav"), limits: new DecodeLimits { MaxPayloadBytes = 4096 });
        Expect(FaultKind.LimitExceeded, Make("s16.wav"), limits: new DecodeLimits { MaxDuration = TimeSpan.FromSeconds(2.5) });
        Expect(FaultKind.Unsupported, Make("s16.wav"), limits: new DecodeLimits { AllowedFormats = ["aiff"] });
        Expect(FaultKind.Unsupported, Make("s16.wav"), limits: new DecodeLimits { AllowedCodecs = ["pcm_s16be"] });
        Expect(FaultKind.Unsupported, Make("s16.wav"), new AudioSpec { Track = 1 });
        foreach (string name in Names)
        {
            string codec = FfmpegProgram.Probe($"-show_entries stream=codec_name -of csv=p=0 \"{Make(name)}\"")[0];
            var limits = new DecodeLimits { AllowedFormats = [Path.GetExtension(name)[1..]], AllowedCodecs = [codec], MaxPayloadBytes = 1 << 21 };
            using DirectDecode decode = Decode(new DecodeRequest(new FileSource(Make(name)), new AudioSpec { Track = 0 }) { Limits = limits });
            Assert.That(decode.Fault, Is.Null, name);
        }
    }

    [Test]
    public void A_decode_whose_time_is_over_ends_as_timed_out()
    {
        using DirectDecode decode = Decode(new DecodeRequest(new FileSource(Make("s16.wav")), new AudioSpec()), TimeSpan.Zero);
        Assert.That(decode.Fault?.Kind, Is.EqualTo(FaultKind.TimedOut));
    }

    [Test]
    public void Headers_that_were_overwritten_give_a_clip_or_a_fault([Values("s16.wav", "s24.wav", "large.wav", "s16.aiff")] string name)
    {
        byte[] whole = File.ReadAllBytes(Make(name)).AsSpan(0, 4096).ToArray();
        var limits = new DecodeLimits { MaxPayloadBytes = 1 << 20, MaxDamagedAudioShare = 1 };
        for (int seed = 0; seed < 150; seed++)
        {
            byte[] bytes = [.. whole];
            var random = new Random(seed);
            for (int i = 0; i < 1 + (seed % 4); i++)
            {
                bytes[4 + random.Next(96)] = random.Next(3) switch { 0 => 0xFF, 1 => 0, _ => (byte)random.Next(256) };
            }

            using DirectDecode decode = Decode(new DecodeRequest(new MemorySource(bytes), new AudioSpec()) { Limits = limits }, TimeSpan.FromSeconds(1));
            Assert.That(decode.Result is null, Is.Not.EqualTo(decode.Fault is null), $"seed {seed}");
        }
    }

    protected string Make(string name) => Media.Make(name, Clips.Single(clip => clip.Name == name).Arguments);

    protected DirectDecode Decode(string path, AudioSpec spec) => Decode(new DecodeRequest(new FileSource(path), spec));

    protected DirectDecode Decode(DecodeRequest request, TimeSpan? timeLeft = null) => PlugIn is { } plugIn
        ? new DirectDecode(
            request with { Spec = (AudioSpec)request.Spec with { Decoder = plugIn.Name } },
            timeLeft,
            new Dictionary<string, IAudioDecoder> { [plugIn.Name] = plugIn.Decoder })
        : new DirectDecode(request, timeLeft);

    protected string Expect(FaultKind kind, string path, AudioSpec? spec = null, DecodeLimits? limits = null)
    {
        using DirectDecode decode = Decode(
            new DecodeRequest(new FileSource(path), spec ?? new AudioSpec()) { Limits = limits ?? new DecodeLimits { MaxPayloadBytes = 1 << 20 } });
        Assert.That(decode.Fault?.Kind, Is.EqualTo(kind), () => $"{path}: {decode.Fault} {decode.Log}");
        return decode.Fault!.Message;
    }

    private float[] Reference(string name, string options, int channels)
    {
        float[] interleaved = MemoryMarshal.Cast<byte, float>(FfmpegProgram.Run($"-i \"{Make(name)}\" -map a:0 {options} -f f32le -")).ToArray();
        int samples = interleaved.Length / channels;
        return [.. Enumerable.Range(0, interleaved.Length).Select(i => interleaved[(i % samples * channels) + (i / samples)])];
    }
}

internal sealed class LibavAudioDecoderTests : AudioDecoderContract;
