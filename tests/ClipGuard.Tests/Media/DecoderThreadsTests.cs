using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

using ClipGuard.Media;
using ClipGuard.Media.Libav;
using ClipGuard.Media.Libav.Tracks;
using ClipGuard.Media.Wire;

using FFmpeg.AutoGen;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>
/// Decoders with threads give what a decoder without gives, of healthy clips and of damaged ones. CLIPGUARD_DAMAGED_COPIES says how many damaged copies of
/// each clip are tried.
/// </summary>
[TestFixture]
[NonParallelizable]
[CancelAfter(3_600_000)]
internal sealed unsafe class DecoderThreadsTests
{
    private static readonly int Copies = int.Parse(Environment.GetEnvironmentVariable("CLIPGUARD_DAMAGED_COPIES") ?? "2", CultureInfo.InvariantCulture);

    private const string Film = "-f lavfi -i testsrc2=s=320x180:r=25:d=4,noise=alls=10 -pix_fmt yuv420p";

    private static readonly (string Name, string Arguments)[] Films =
    [
        ("h264.mp4", "-c:v libx264 -preset veryfast -bf 2 -g 30"),
        ("h264.mkv", "-c:v libx264 -preset veryfast -bf 3 -x264-params keyint=40:open-gop=1:slices=3"),
        ("fields.mp4", "-c:v libx264 -preset veryfast -flags +ildct+ilme -bf 2 -g 50"),
        ("hevc.mp4", "-c:v libx265 -preset ultrafast -x265-params log-level=none:hash=1:keyint=30"),
        ("vp8.webm", "-c:v libvpx -deadline realtime -cpu-used 8 -g 30 -b:v 500k"),
        ("vp9.webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 30 -b:v 500k"),
        ("av1.mkv", "-c:v libaom-av1 -usage realtime -cpu-used 8 -g 30 -b:v 500k"),
        ("mpeg4.mp4", "-c:v mpeg4 -bf 2 -g 30 -q:v 5"),
        ("mpeg2.mkv", "-c:v mpeg2video -bf 2 -q:v 8"),
    ];

    private static readonly VideoSpec[] Specs =
    [
        new() { Selection = new UniformFrames(16), Size = new ExactSize(64, 48) },
        new() { Selection = new RateFrames(25), Size = new ExactSize(48, 32) },
        new() { Selection = new IndexFrames([40, 41, 90]), Size = new OwnSize() },
    ];

    private readonly MediaFolder _media = new();
    private long _leastPixels;

    private static IEnumerable<string> Names => Films.Select(static film => film.Name);

    [OneTimeSetUp]
    public void HaveThreadsForShortClips()
    {
        _leastPixels = DecoderThreadPolicy.LeastPixels;
        DecoderThreadPolicy.LeastPixels = 0;
    }

    [OneTimeTearDown]
    public void Remove()
    {
        DecoderThreadPolicy.LeastPixels = _leastPixels;
        _media.Dispose();
    }

    [Test]
    public void A_healthy_clip_has_the_same_frames([ValueSource(nameof(Names))] string name) => AssertSame(Make(name), allowsDamage: false);

    [Test]
    public void A_damaged_clip_has_the_same_verdict_counts_and_frames([ValueSource(nameof(Names))] string name)
    {
        byte[] healthy = File.ReadAllBytes(Make(name));
        for (int copy = 0; copy < Copies; copy++)
        {
            string path = _media.Write($"{copy}-{name}", Damage(healthy, copy));
            AssertSame(path, allowsDamage: false);
            AssertSame(path, allowsDamage: true);
            File.Delete(path);
        }
    }

    [Test]
    public void Clips_of_the_sample_have_the_same_verdict()
    {
        foreach (string path in Directory.EnumerateFiles(Repository.PathOf("datasets-sample"), "*.*", SearchOption.AllDirectories)
            .Where(static path => Path.GetExtension(path) is ".mp4" or ".webm"))
        {
            AssertSame(path, allowsDamage: false);
            AssertSame(path, allowsDamage: true);
        }
    }

    [TestCase("h264.mp4", 3)]
    [TestCase("hevc.mp4", 1)]
    [TestCase("vp8.webm", 1)]
    [TestCase("vp9.webm", 3)]
    [TestCase("mpeg4.mp4", 3)]
    [TestCase("mpeg2.mkv", 1)]
    public void One_decode_of_a_process_has_threads_at_a_time_and_some_decoders_never(string name, int threads)
    {
        using var first = new OpenTrack(Make(name));
        using var second = new OpenTrack(Make(name));

        Assert.That(first.Track.Decoder.UseThreads(3), Is.Null);
        Assert.That(first.Track.Decoder.Threads, Is.EqualTo(threads));
        Assert.That(second.Track.Decoder.UseThreads(2), Is.Null);
        Assert.That(second.Track.Decoder.Threads, Is.EqualTo(1));

        Assert.That(first.Track.Decoder.GiveThreadsUp(), Is.Null);
        Assert.That(first.Track.Decoder.UseThreads(3), Is.Null);
        Assert.That(first.Track.Decoder.Threads, Is.EqualTo(1));
        Assert.That(second.Track.Decoder.UseThreads(2), Is.Null);
        Assert.That(second.Track.Decoder.Threads, Is.EqualTo(Math.Min(2, threads)));
    }

    [Test]
    public void What_a_thread_logs_of_damage_belongs_to_the_decode_that_has_threads()
    {
        byte[] bytes = File.ReadAllBytes(Make("h264.mp4"));
        for (int part = 3; part < 9; part++)
        {
            bytes.AsSpan(bytes.Length * part / 10, 60).Fill(0x55);
        }

        using var track = new OpenTrack(_media.Write("full-of-holes.mp4", bytes));
        _ = track.Track.Decoder.UseThreads(3);
        AVFrame* frame = ffmpeg.av_frame_alloc();
        while (track.Track.Next(frame))
        {
            ffmpeg.av_frame_unref(frame);
        }

        ffmpeg.av_frame_free(&frame);
        Assert.That(track.Session.LinesOfThreads, Is.GreaterThan(0));
        Assert.That(track.Session.DamageOfThreads, Is.InRange(1, track.Session.LinesOfThreads));
    }

    [TestCase(2, 100, 1, 2)]
    [TestCase(2, 4, 1, 2)]
    [TestCase(2, 3, 1, 1)]
    [TestCase(4, 100, 25, 1)]
    [TestCase(1, 100, 1, 1)]
    public void Threads_are_worth_their_start_where_ranges_are_long(int asked, int packets, int ranges, int threads) =>
        Assert.That(DecoderThreadPolicy.CountFor(asked, 1920 * 1080, packets, ranges), Is.EqualTo(threads));

    [TestCase(8, 3840, 2160, 8)]
    [TestCase(8, 7680, 4320, 2)]
    [TestCase(8, 12_000, 12_000, 1)]
    public void Large_frames_have_few_threads(int asked, int width, int height, int threads) =>
        Assert.That(DecoderThreadPolicy.CountFor(asked, (long)width * height, 100, 1), Is.EqualTo(threads));

    // Bytes overwritten, cut off, changed or zeroed, behind the headers.
    private static byte[] Damage(byte[] healthy, int copy)
    {
        var chance = new Random(copy);
        byte[] bytes = [.. healthy];
        int first = bytes.Length / 10;
        switch (copy % 4)
        {
            case 0:
                bytes.AsSpan(chance.Next(first, bytes.Length - 100), 60).Fill(0x55);
                return bytes;
            case 2:
                for (int hit = 0; hit < 8; hit++)
                {
                    bytes[chance.Next(first, bytes.Length)] ^= (byte)chance.Next(1, 256);
                }

                return bytes;
            case 3:
                bytes.AsSpan(chance.Next(first, bytes.Length - 3000), 2500).Clear();
                return bytes;
            default:
                return bytes[..chance.Next(bytes.Length / 2, bytes.Length)];
        }
    }

    private static void AssertSame(string path, bool allowsDamage)
    {
        foreach (VideoSpec spec in Specs)
        {
            using DirectDecode one = Decode(path, spec, 1, allowsDamage);
            foreach (int threads in new[] { 2, 4 })
            {
                using DirectDecode more = Decode(path, spec, threads, allowsDamage);
                string what = $"{Path.GetFileName(path)}, {spec.Selection}, {threads} threads. {one.Log}\n---\n{more.Log}";
                Assert.That(more.Fault, Is.EqualTo(one.Fault), what);
                Assert.That(JsonSerializer.Serialize(more.Result), Is.EqualTo(JsonSerializer.Serialize(one.Result)), what);
                Assert.That(more.Bytes.SequenceEqual(one.Bytes), what);
            }
        }
    }

    private static DirectDecode Decode(string path, VideoSpec spec, int threads, bool allowsDamage) => new(new DecodeRequest(new FileSource(path), spec)
    {
        DecoderThreads = threads,
        Limits = new DecodeLimits { MaxPayloadBytes = 1 << 25, MaxDamagedFrames = allowsDamage ? int.MaxValue : 0 },
    });

    private string Make(string name) => _media.Make(name, $"{Film} {Films.Single(film => film.Name == name).Arguments}");

    /// <summary>A track outside of a decode.</summary>
    private sealed class OpenTrack : IDisposable
    {
        private readonly byte* _marks = (byte*)NativeMemory.AlignedAlloc(MarksPage.Size, 64);
        private readonly LibavLog _log;

        public OpenTrack(string path)
        {
            NativeMemory.Clear(_marks, MarksPage.Size);
            using var loader = new LibavDecoder();
            var marks = new ProgressMarks(_marks);
            _log = new LibavLog(marks);
            var request = new DecodeRequest(new FileSource(path), new VideoSpec());
            Session = new DecodeState(request, new DecodeContext(new PayloadBuffer(null, 0), marks, timeLeft: null), _log);
            Assert.That(Track.Open(Session, request.Source, AVMediaType.AVMEDIA_TYPE_VIDEO, number: null, out Track? track), Is.Null);
            Track = track!;
        }

        public DecodeState Session { get; }

        public Track Track { get; }

        public void Dispose()
        {
            Track.Dispose();
            _log.Dispose();
            NativeMemory.AlignedFree(_marks);
        }
    }
}
