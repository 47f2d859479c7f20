using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>What containers promise, mark and skip is read for what it means: no healthy clip is Corrupt, and no loss passes.</summary>
[CancelAfter(120_000)]
internal sealed class AudioDamageTests
{
    private const string Noise = "-f lavfi -i anoisesrc=d=20:r=44100:a=0.3:seed=5";
    private const string Paused = "-f lavfi -i sine=d=30:r=16000 -af aselect='not(between(t\\,1\\,20))'";
    private const int PacketBytes = 188;

    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [TestCase("slow.mp3", "-f lavfi -i sine=d=0.3:r=16000", 4_800)]
    [TestCase("slower.mp3", "-f lavfi -i sine=d=0.3:r=8000", 2_400)]
    [TestCase("mp3.mka", "-f lavfi -i sine=d=0.3:r=16000 -c:a libmp3lame", 4_800)]
    [TestCase("late.mka", "-f lavfi -i sine=d=3:r=48000 -c:a libopus -output_ts_offset 7.5", 144_000)]
    [TestCase("lossless.flac", "-f lavfi -i sine=d=0.3:r=16000", 4_800)]
    [TestCase("true.tta", "-f lavfi -i sine=d=0.3:r=16000", 4_800)]
    [TestCase("pack.wv", "-f lavfi -i sine=d=0.3:r=16000", 4_800)]
    public void A_short_or_late_clip_is_whole(string name, string arguments, int samples)
    {
        using DirectDecode decode = DirectDecode.Of(_media.Make(name, arguments), new AudioSpec { SampleRateHz = AudioSpec.NativeRate });
        Assert.That(decode.Clip.Damage, Is.EqualTo(DamageReport.None));
        Assert.That(decode.Clip.Shape[1], Is.InRange(samples, samples + 1_200));
    }

    [Test]
    public void A_length_that_was_copied_along_from_another_file_promises_nothing()
    {
        string minute = _media.Make("minute.webm", "-f lavfi -i sine=d=60:r=48000 -c:a libopus");
        using DirectDecode decode = DirectDecode.Of(_media.Make("five.opus", $"-i \"{minute}\" -t 5 -c copy"), new AudioSpec());
        Assert.That(decode.Clip.Damage, Is.EqualTo(DamageReport.None));
    }

    [TestCase("paused.mka", "-c:a aac")]
    [TestCase("paused.webm", "-c:a libopus")]
    [TestCase("paused.ogg.mka", "-c:a libvorbis")]
    public void A_recording_that_paused_is_whole(string name, string codec)
    {
        using DirectDecode decode = DirectDecode.Of(_media.Make(name, $"{Paused} {codec}"), new AudioSpec());
        Assert.That(decode.Clip.Damage, Is.EqualTo(DamageReport.None), decode.Log);
        Assert.That(decode.Clip.Shape[1], Is.InRange(10 * 16_000, 12 * 16_000));
    }

    [Test]
    public void The_least_that_is_missing_of_a_short_wav_counts([Values(100, 1_900)] int samples)
    {
        byte[] whole = File.ReadAllBytes(_media.Make("short.wav", "-f lavfi -i sine=d=0.125:r=16000 -bitexact"));
        using DirectDecode all = DirectDecode.Of(_media.PathOf("short.wav"), new AudioSpec());
        using DirectDecode cut = DirectDecode.Of(_media.Write("cut.wav", whole.AsSpan(0, whole.Length - ((2_000 - samples) * sizeof(short)))), new AudioSpec());
        Assert.That((all.Clip.Shape[1], all.Clip.Damage), Is.EqualTo((2_000, DamageReport.None)));
        Assert.That(cut.Fault?.Kind, Is.EqualTo(FaultKind.Corrupt));
        Assert.That(cut.Fault!.Message, Does.Contain($"{2_000 - samples} samples missing"));
    }

    [Test]
    public void A_wav_of_unknown_length_may_end_within_a_sample()
    {
        byte[] bytes = [.. File.ReadAllBytes(_media.Make("stream.wav", "-f lavfi -i sine=d=1:r=16000")), 0];
        BitConverter.TryWriteBytes(bytes.AsSpan(bytes.AsSpan().IndexOf("data"u8) + 4), uint.MaxValue);
        using DirectDecode decode = DirectDecode.Of(_media.Write("stream2.wav", bytes), new AudioSpec());
        Assert.That((decode.Clip.Shape[1], decode.Clip.Damage.MissingSampleCount), Is.EqualTo((16_000, 1)));
    }

    [Test]
    public void Lost_pages_of_ogg_are_missing([Values("libopus", "libvorbis")] string codec)
    {
        byte[] whole = File.ReadAllBytes(_media.Make($"{codec}.ogg", $"{Noise} -c:a {codec}"));
        int[] pages = [.. Enumerable.Range(0, whole.Length - 4).Where(i => whole.AsSpan(i).StartsWith("OggS"u8))];
        string path = _media.Write($"lost-{codec}.ogg", [.. whole[..pages[8]], .. whole[pages[10]..]]);
        AssertMissing(path, 1.8, 2.2);
    }

    [Test]
    public void Lost_packets_of_a_transport_stream_are_missing()
    {
        // 48 packets: their counters go on as if nothing had happened, and only the clock tells.
        byte[][] packets = [.. File.ReadAllBytes(_media.Make("noise.ts", $"{Noise} -c:a aac")).Chunk(PacketBytes)];
        int from = Enumerable.Range(500, 100).First(i => IsStartOfAudio(packets[i]));
        int[] audio = [.. Enumerable.Range(from, 200).Where(i => IsAudio(packets[i]))];
        int[] lost = audio[..48];
        AssertMissing(_media.Write("lost.ts", [.. packets.Where((_, i) => !lost.Contains(i)).SelectMany(packet => packet)]), 0.5, 3);
    }

    [Test]
    public void A_marked_packet_counts_as_damaged()
    {
        byte[][] packets = [.. File.ReadAllBytes(_media.Make("noise.ts", $"{Noise} -c:a aac")).Chunk(PacketBytes)];
        int lost = Enumerable.Range(500, 100).First(i => IsAudio(packets[i]) && !IsStartOfAudio(packets[i]));
        string path = _media.Write("one.ts", [.. packets.Where((_, i) => i != lost).SelectMany(packet => packet)]);
        using DirectDecode decode = new(
            new DecodeRequest(new FileSource(path), new AudioSpec()) { Limits = new DecodeLimits { MaxDamagedAudioShare = 1, MaxPayloadBytes = 1 << 24 } });
        Assert.That(decode.Clip.Damage.CorruptFrameCount, Is.Positive);
        Assert.That(decode.Clip.Damage.FirstAt?.TotalSeconds, Is.InRange(8, 13));
    }

    private static bool IsAudio(byte[] packet) => (((packet[1] & 0x1F) << 8) | packet[2]) == 0x100;

    private static bool IsStartOfAudio(byte[] packet) => IsAudio(packet) && (packet[1] & 0x40) != 0;

    private static void AssertMissing(string path, double leastSeconds, double mostSeconds)
    {
        using DirectDecode strict = DirectDecode.Of(path, new AudioSpec());
        Assert.That(strict.Fault?.Kind, Is.EqualTo(FaultKind.Corrupt), () => $"{strict.Result?.Damage} {strict.Log}");
        using DirectDecode decode = new(
            new DecodeRequest(new FileSource(path), new AudioSpec()) { Limits = new DecodeLimits { MaxDamagedAudioShare = 1, MaxPayloadBytes = 1 << 24 } });
        double rate = path.EndsWith("libopus.ogg", StringComparison.Ordinal) ? 48_000 : 44_100;
        Assert.That(decode.Clip.Damage.MissingSampleCount / rate, Is.InRange(leastSeconds, mostSeconds));
    }
}
