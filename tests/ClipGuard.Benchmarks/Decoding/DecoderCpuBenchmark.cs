using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

using ClipGuard.Media;
using ClipGuard.Media.Libav;
using ClipGuard.Media.Wire;

namespace ClipGuard.Benchmarks.Decoding;

/// <summary>
/// What decoding costs in CPU time beside the same FFmpeg calls straight from C and, for video, beside PyAV, in the same run.
/// The clips are made here with the ffmpeg program; floor.c is compiled with cc.
/// </summary>
internal static class DecoderCpuBenchmark
{
    private const int PayloadBytes = 64 << 20;
    private const int Passes = 5;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public static async Task RunAsync()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("clipguard-decode-");
        try
        {
            string floor = Path.Combine(folder.FullName, "floor");
            await ChildProgram.MustRunAsync(
                "cc", ["-O2", Source("floor.c"), "-o", floor, "-lavformat", "-lavcodec", "-lswresample", "-lswscale", "-lavutil", "-lm"], Limit);
            await CompareAsync("10 s of audio (mp3, aac, flac, wav, opus)", floor, "audio", BenchmarkClips.Audio(folder.FullName), 20, new AudioSpec(), 1.15);

            string[] short720p = BenchmarkClips.Video(folder.FullName, seconds: 10, keySeconds: 10);
            await CompareAsync("16 of 300 frames, 720p, one key frame in 10 s", floor, "video", short720p, 2, new VideoSpec(), null);
            await CompareAsync(
                "16 of 1500 frames, 60 s, a key frame every 2 s",
                floor,
                "video",
                BenchmarkClips.Video(folder.FullName, seconds: 60, keySeconds: 2),
                1,
                new VideoSpec(),
                1 / 3.0);
            await CompareAsync(
                "16 of 1500 frames, 60 s, a key frame every 10 s",
                floor,
                "video",
                BenchmarkClips.Video(folder.FullName, seconds: 60, keySeconds: 10),
                1,
                new VideoSpec(),
                1);
            await ComparePyAvAsync("16 of 300 frames, 720p, one key frame in 10 s", short720p, 2, new VideoSpec(), 1.25);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // The floor decodes every frame up to the last that is wanted.
    private static async Task CompareAsync(string what, string floor, string kind, string[] clips, int rounds, ClipSpec spec, double? atMost)
    {
        List<double> ratios = [];
        List<double> ourTimes = [];
        List<double> theirTimes = [];
        string frames = string.Empty;
        Decode(clips, 1, spec);
        for (int pass = 0; pass < Passes; pass++)
        {
            string[] line = (await ChildProgram.MustRunAsync(floor, [kind, $"{rounds}", .. clips], Limit)).Output.Split(' ');
            double theirs = double.Parse(line[0], CultureInfo.InvariantCulture);
            (double ours, long decoded) = Decode(clips, rounds, spec);
            ratios.Add(ours / theirs);
            ourTimes.Add(ours);
            theirTimes.Add(theirs);
            frames = $"frames decoded {decoded}, C {line[1].Trim()}";
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: {ComparisonRounds.Median(ourTimes):0.00} ms CPU, C {ComparisonRounds.Median(theirTimes):0.00} ms; ours to C, median of {Passes}: "
                + $"{ComparisonRounds.Median(ratios):0.000}{(atMost is { } goal ? $", goal at most {goal:0.00#}" : string.Empty)}; {frames}"));
    }

    private static async Task ComparePyAvAsync(string what, string[] clips, int rounds, ClipSpec spec, double atLeast)
    {
        if (await Python.FindAsync("av, numpy") is not { } python)
        {
            return;
        }

        List<double> ratios = [];
        for (int pass = 0; pass < Passes; pass++)
        {
            string line = (await ChildProgram.MustRunAsync(python, [Source("pyav.py"), $"{rounds}", .. clips], Limit)).Output;
            ratios.Add(double.Parse(line, CultureInfo.InvariantCulture) / Decode(clips, rounds, spec).Milliseconds);
        }

        Console.WriteLine(
            FormattableString.Invariant($"{what}: PyAV to ours, median of {Passes}: {ComparisonRounds.Median(ratios):0.000}, goal at least {atLeast:0.00}"));
    }

    private static unsafe (double Milliseconds, long Frames) Decode(string[] clips, int rounds, ClipSpec spec)
    {
        byte* payload = (byte*)NativeMemory.AlignedAlloc(PayloadBytes, 64);
        var marks = (MarksPage*)NativeMemory.AlignedAlloc(MarksPage.Size, 64);
        NativeMemory.Clear(marks, MarksPage.Size);
        using var decoder = new LibavDecoder();
        TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
        for (int round = 0; round < rounds; round++)
        {
            foreach (string clip in clips)
            {
                DecodeAnswer answer = decoder.Decode(
                    new DecodeRequest(new FileSource(clip), spec),
                    new DecodeContext(new PayloadBuffer(payload, PayloadBytes), new ProgressMarks((byte*)marks), null));
                if (!answer.IsClip)
                {
                    throw new InvalidOperationException($"{clip}: {answer.Fault.Message}");
                }
            }
        }

        TimeSpan used = Process.GetCurrentProcess().TotalProcessorTime - before;
        long frames = marks->Frames / rounds;
        NativeMemory.AlignedFree(payload);
        NativeMemory.AlignedFree(marks);
        return (used.TotalMilliseconds / rounds / clips.Length, frames);
    }

    private static string Source(string name) => Path.Combine(AppContext.BaseDirectory, "Decoding", name);
}
