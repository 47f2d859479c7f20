using System.Globalization;

using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>
/// A time range of a clip is bit for bit that range of the whole, of every pair of container and codec that the ffmpeg program can write here: a few in the
/// suite, all of them
/// by <c>dotnet cake --target=Sweep</c>, since the clips are of a length at which a clock that drifts is far off.
/// </summary>
[CancelAfter(300_000)]
internal sealed class ExactSeekTests
{
    // A tone that rises, so that no part resembles another.
    private const string Rising = "aevalsrc='0.5*sin(2*PI*(100*t+20*t*t))|0.4*sin(2*PI*(150*t+15*t*t))'";
    private const int LongSeconds = 56;
    private const int ShortSeconds = 6;

    private static readonly double[] Starts = [0.5, 2.3, 4.1, 50];

    // AAC may leave noise to be made up by the decoder, which makes other noise after a jump.
    private const string Aac = "aac -aac_pns 0";

    private static readonly (string Container, string Codec, int RateHz)[] Pairs =
    [
        .. Each("wav", 44_100, "pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_f64le", "pcm_alaw", "pcm_mulaw"),
        .. Each("wav", 44_100, "adpcm_ms", "adpcm_ima_wav", "adpcm_yamaha", "adpcm_swf", "libmp3lame", "mp2", "ac3", "wmav2", "dca -strict -2"),
        .. Each("wav", 8_000, "libgsm_ms", "g726", "g723_1"),
        .. Each("wav", 16_000, "g722"),
        .. Each("w64", 44_100, "pcm_s16le", "pcm_s24le"),
        .. Each("aiff", 44_100, "pcm_s16be", "pcm_s24be", "pcm_f32be"),
        .. Each("au", 44_100, "pcm_s16be", "pcm_mulaw"),
        .. Each("caf", 44_100, "pcm_s16le", "pcm_f32le", "alac", "adpcm_ima_qt"),
        .. Each("caf", 48_000, "libopus"),
        .. Each("flac", 44_100, "flac"),
        .. Each("tta", 44_100, "tta"),
        .. Each("wv", 44_100, "wavpack"),
        .. Each("mp3", 44_100, "libmp3lame", "libmp3lame -q:a 4", "libmp3lame -write_xing 0"),
        .. Each("mp2", 44_100, "mp2"),
        .. Each("aac", 44_100, Aac),
        .. Each("ac3", 44_100, "ac3"),
        .. Each("eac3", 44_100, "eac3"),
        .. Each("dts", 44_100, "dca -strict -2"),
        .. Each("gsm", 8_000, "libgsm"),
        .. Each("sbc", 44_100, "sbc"),
        .. Each("aptxhd", 48_000, "aptx_hd"),
        .. Each("ogg", 44_100, "libvorbis", "flac"),
        .. Each("ogg", 48_000, "libopus"),
        .. Each("ogg", 16_000, "libspeex"),
        .. Each("m4a", 44_100, Aac, "alac"),
        .. Each("mp4", 44_100, $"{Aac} -movflags frag_keyframe+empty_moov -frag_duration 1000000", "flac -strict -2", "libmp3lame", "ac3", "eac3", "libvorbis",
            "mp2"),
        .. Each("mp4", 48_000, "libopus"),
        .. Each("mov", 44_100, "pcm_s16le", "pcm_s16be", "pcm_mulaw", "adpcm_ima_qt", "adpcm_ms"),
        .. Each("mka", 44_100, Aac, "flac", "alac", "libmp3lame", "libvorbis", "pcm_s16le", "ac3", "adpcm_ms", "tta", "wavpack"),
        .. Each("webm", 48_000, "libopus"),
        .. Each("ts", 44_100, Aac, "libmp3lame", "mp2", "ac3", "eac3", "dca -strict -2"),
        .. Each("ts", 48_000, "libopus", "truehd -strict -2"),
        .. Each("mpg", 44_100, "mp2"),
        .. Each("avi", 44_100, "pcm_s16le", "libmp3lame", "mp2", "ac3", "adpcm_ms", "adpcm_ima_wav", "flac", "eac3", "dca -strict -2"),
        .. Each("flv", 44_100, Aac, "libmp3lame", "adpcm_swf"),
        .. Each("nut", 44_100, "pcm_s16le", "libmp3lame", "libvorbis", "ac3"),
        .. Each("wma", 44_100, "wmav1", "wmav2", "flac -f asf"),
        .. Each("wtv", 44_100, "mp2"),
    ];

    private readonly MediaFolder _media = new();

    /// <summary>What is tried: in the suite, short clips of kinds whose clocks lead astray early.</summary>
    public static IEnumerable<string> Chosen => IsSweep ? Pairs.Select(pair => $"{pair.Codec} in {pair.Container} at {pair.RateHz} Hz") :
    [
        "adpcm_ms in wav at 44100 Hz",
        "adpcm_ima_wav in wav at 44100 Hz",
        "libgsm_ms in wav at 8000 Hz",
        "adpcm_ima_qt in caf at 44100 Hz",
        "ac3 in ac3 at 44100 Hz",
        "eac3 in avi at 44100 Hz",
        "dca -strict -2 in dts at 44100 Hz",
        "libspeex in ogg at 16000 Hz",
        "flac -f asf in wma at 44100 Hz",
        "libopus in mp4 at 48000 Hz",
        "aac -aac_pns 0 in m4a at 44100 Hz",
        "libmp3lame in mp3 at 44100 Hz",
    ];

    private static bool IsSweep => Environment.GetEnvironmentVariable("CLIPGUARD_SWEEP") == "1";

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [TestCaseSource(nameof(Chosen))]
    public void A_time_range_is_bit_for_bit_that_of_the_whole(string pair)
    {
        string path = Make(pair, IsSweep ? LongSeconds : ShortSeconds);
        var native = new AudioSpec { SampleRateHz = AudioSpec.NativeRate };
        using DirectDecode whole = DirectDecode.Of(path, native);
        int rate = whole.Clip.SampleRateHz;
        foreach (double start in Starts.Where(start => IsSweep || start < ShortSeconds))
        {
            using DirectDecode part = DirectDecode.Of(path, native with { StartSeconds = start, DurationSeconds = 0.9 });
            Assert.That(part.Samples.SequenceEqual(whole.Samples.Slice((int)(start * rate), (int)(0.9 * rate))), $"from {start} s");
            TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"from {start} s: {part.Frames} of {whole.Frames} frames decoded"));
        }
    }

    private static IEnumerable<(string Container, string Codec, int RateHz)> Each(string container, int rateHz, params string[] codecs) =>
        codecs.Select(codec => (container, codec, rateHz));

    private string Make(string pair, int seconds)
    {
        (string container, string codec, int rateHz) = Pairs.Single(one => $"{one.Codec} in {one.Container} at {one.RateHz} Hz" == pair);
        string name = string.Create(CultureInfo.InvariantCulture, $"{seconds}-{string.Concat(codec.Where(char.IsLetterOrDigit))}-{rateHz}.{container}");

        // Codecs for speech have one channel.
        string channels = rateHz < 44_100 ? "-ac 1" : string.Empty;
        string source = _media.Make($"rising-{rateHz}-{seconds}.wav", $"-f lavfi -i \"{Rising}:s={rateHz}:d={seconds}\"");
        return _media.Make(name, $"-i \"{source}\" {channels} -c:a {codec}");
    }
}
