using System.Runtime.InteropServices;

using ClipGuard.Media;
using ClipGuard.Media.Libav;
using ClipGuard.Media.Wire;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>Every native object has one owner and is freed on every path. Alone, because the memory of the whole process is measured.</summary>
[NonParallelizable]
[CancelAfter(600_000)]
internal sealed unsafe class DecoderLeakTests
{
    private const int WarmUp = 3_000;
    private const int Decodes = 10_000;
    private const long MaxGrowthKilobytes = 10_000;
    private const int PayloadBytes = 8 << 20;

    private readonly MediaFolder _media = new();

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [Test]
    public void Ten_thousand_decodes_leave_nothing_behind()
    {
        DecodeRequest[] requests = [.. Requests()];
        byte* payload = (byte*)NativeMemory.AlignedAlloc(PayloadBytes, 64);
        byte* marks = (byte*)NativeMemory.AlignedAlloc(MarksPage.Size, 64);
        NativeMemory.Clear(marks, MarksPage.Size);
        using var decoder = new LibavDecoder();

        Run(WarmUp);
        long before = ResidentKilobytes();
        Run(Decodes);
        long growth = ResidentKilobytes() - before;
        TestContext.Out.WriteLine($"{Decodes} decodes grew the process by {growth} kB");
        NativeMemory.AlignedFree(payload);
        NativeMemory.AlignedFree(marks);

        Assert.That(growth, Is.LessThan(MaxGrowthKilobytes));
        Assert.That(OpenClips(), Is.Empty);

        void Run(int count)
        {
            for (int i = 0; i < count; i++)
            {
                decoder.Decode(requests[i % requests.Length], new DecodeContext(new PayloadBuffer(payload, PayloadBytes), new ProgressMarks(marks), null));
            }
        }
    }

    private IEnumerable<DecodeRequest> Requests()
    {
        string tone = _media.Make("tone.mp3", "-f lavfi -i sine=d=0.5");
        string flac = _media.Make("tone.flac", "-f lavfi -i sine=d=0.5");
        string four = _media.Make("four.m4a", "-f lavfi -i anoisesrc=d=4:r=16000 -b:a 64k -movflags +faststart");
        byte[] noise = File.ReadAllBytes(four);
        var broken = new FailingClipSource(noise, noise.Length / 2);
        string film = _media.Make("film.mp4", "-f lavfi -i testsrc2=s=48x32:d=0.4 -c:v libx264 -pix_fmt yuv420p");
        string picture = _media.Make("clear.png", "-f lavfi -i color=c=red@0.5:s=24x16,format=rgba -frames:v 1");
        byte[] whole = File.ReadAllBytes(film);
        byte[] still = File.ReadAllBytes(_media.Make("still.gif", "-f lavfi -i testsrc2=s=24x16 -frames:v 1"));
        byte[] hit = File.ReadAllBytes(tone);
        new Random(1).NextBytes(hit.AsSpan(hit.Length / 3, hit.Length / 3));
        var small = new VideoSpec { Size = new ExactSize(32, 32), Selection = new UniformFrames(4) };

        yield return Of(tone, new AudioSpec());
        yield return Of(tone, new AudioSpec { Channels = AudioChannels.All, Resampler = AudioResampler.Soxr, StartSeconds = 0.1 });
        yield return Of(four, new AudioSpec { StartSeconds = 3.5 });
        yield return new DecodeRequest(broken, new AudioSpec { StartSeconds = 3.5 });
        yield return Of(tone, new InspectSpec());
        yield return Of(film, new InspectSpec());
        yield return Of(film, small with { Selection = new KeyFrames() });
        yield return Of(_media.Write("cut.gif", still.AsSpan(0, still.Length - 20)), new ImageSpec());
        yield return Of(flac, new AudioSpec { SampleRateHz = AudioSpec.NativeRate });
        yield return Of(film, small);
        yield return Of(film, small with { Size = new SmartSize(), Layout = PixelLayout.ChannelsFirst });
        yield return Of(film, new AudioSpec());
        yield return Of(picture, new ImageSpec());
        yield return Of(picture, new ImageSpec { Size = new SmartSize(), Colors = PixelColors.Gray });
        yield return Of(_media.Write("empty.wav", []), new AudioSpec());
        yield return Of(_media.PathOf("missing.wav"), new AudioSpec());
        yield return Of(_media.Write("cut.mp4", whole.AsSpan(0, whole.Length - 40)), small);
        yield return Of(_media.Write("headless.mp4", whole.AsSpan(0, whole.Length / 3)), small);
        yield return Of(_media.Write("hit.mp3", hit), new AudioSpec());
        yield return Of(_media.Write("list.mp4", "#EXTM3U\n#EXTINF:10,\nnext.ts\n"u8), small);
        yield return new DecodeRequest(new FileListSource([picture, picture, _media.PathOf("missing.png")]), small);
        yield return new DecodeRequest(new MemorySource(hit), new AudioSpec()) { Limits = new DecodeLimits { MaxDamagedAudioShare = 1 } };
        yield return new DecodeRequest(new FileSource(film), small) { Limits = new DecodeLimits { MaxFramePixels = 100 } };
    }

    private static DecodeRequest Of(string path, ClipSpec spec) => new(new FileSource(path), spec);

    private static long ResidentKilobytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        string line = File.ReadLines("/proc/self/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2]);
    }

    // Of this test's own files alone: what the runtime opens when it pleases is no leak of a decode.
    private string[] OpenClips() =>
        [.. Directory.EnumerateFileSystemEntries("/proc/self/fd")
            .Select(descriptor => new FileInfo(descriptor).LinkTarget ?? string.Empty)
            .Where(target => target.StartsWith(_media.PathOf(string.Empty), StringComparison.Ordinal))];
}
