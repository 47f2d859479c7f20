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
internal static unsafe class DecodeCostBenchmark
{
    private const int PayloadBytes = 64 << 20;
    private const int Passes = 5;

    public static Task RunAsync()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("clipguard-decode-");
        try
        {
            string floor = Path.Combine(folder.FullName, "floor");
            Program("cc", $"-O2 \"{Source("floor.c")}\" -o \"{floor}\" -lavformat -lavcodec -lswresample -lswscale -lavutil -lm");
            Compare("10 s of audio (mp3, aac, flac, wav, opus)", floor, "audio", BenchmarkClips.Audio(folder.FullName), 20, new AudioSpec(), null);
            Compare("16 of 300 frames, 720p, one key frame in 10 s", floor, "video", BenchmarkClips.Video(folder.FullName, seconds: 10, keySeconds: 10), 2, new VideoSpec(), Source("pyav.py"));
            Compare("16 of 1500 frames, 60 s, a key frame every 2 s", floor, "video", BenchmarkClips.Video(folder.FullName, seconds: 60, keySeconds: 2), 1, new VideoSpec(), null);
            Compare("16 of 1500 frames, 60 s, a key frame every 10 s", floor, "video", BenchmarkClips.Video(folder.FullName, seconds: 60, keySeconds: 10), 1, new VideoSpec(), null);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return Task.CompletedTask;
    }

    private static void Compare(string what, string floor, string kind, string[] clips, int rounds, ClipSpec spec, string? peer)
    {
        string files = string.Join(' ', clips.Select(clip => $"\"{clip}\""));
        List<double> ratios = [];
        List<double> peerRatios = [];
        (double Milliseconds, long Frames) ours = Decode(clips, 1, spec);
        (double Milliseconds, long Frames) theirs = default;
        for (int pass = 0; pass < Passes; pass++)
        {
            string[] line = Program(floor, $"{kind} {rounds} {files}").Split(' ');
            theirs = (double.Parse(line[0], CultureInfo.InvariantCulture), long.Parse(line[1], CultureInfo.InvariantCulture));
            ours = Decode(clips, rounds, spec);
            ratios.Add(ours.Milliseconds / theirs.Milliseconds);
            if (peer is not null && TryProgram("/usr/bin/python3", $"\"{peer}\" {rounds} {files}") is { } python)
            {
                peerRatios.Add(double.Parse(python, CultureInfo.InvariantCulture) / ours.Milliseconds);
            }
        }

        Console.WriteLine(FormattableString.Invariant(
            $"{what}: {ours.Milliseconds:0.00} ms CPU, C {theirs.Milliseconds:0.00} ms; ours to C, median of {Passes}: {Median(ratios):0.000}; frames decoded {ours.Frames}, C {theirs.Frames}"));
        if (peerRatios.Count > 0)
        {
            Console.WriteLine(FormattableString.Invariant($"    PyAV to ours, median of {Passes}: {Median(peerRatios):0.000}"));
        }
    }

    private static (double Milliseconds, long Frames) Decode(string[] clips, int rounds, ClipSpec spec)
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
                    new DecodeContext(new PayloadWriter(payload, PayloadBytes), new ProgressMarks((byte*)marks), null));
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

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static string Program(string name, string arguments) => TryProgram(name, arguments) ?? throw new InvalidOperationException($"{name} {arguments} failed.");

    private static string? TryProgram(string name, string arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(name, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output.Trim() : null;
    }
}
