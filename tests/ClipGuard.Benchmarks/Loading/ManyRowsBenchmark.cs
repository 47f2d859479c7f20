using System.Globalization;
using System.Text.Json;

namespace ClipGuard.Benchmarks.Loading;

/// <summary>
/// What a million rows cost that all name one short clip: time to the first batch, memory, and planning and bookkeeping without decoding. Each reading is
/// taken in a process of its own (<see cref="ManyRowsRun"/>), beside one with a thousand rows.
/// </summary>
internal static class ManyRowsBenchmark
{
    private const int ManyRows = 1_000_000;
    private const int FewRows = 1000;
    private const int Runs = 5;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public static async Task RunAsync()
    {
        DirectoryInfo work = Directory.CreateTempSubdirectory("clipguard-rows-");
        try
        {
            string clip = Path.Combine(work.FullName, "silence.wav");
            await File.WriteAllBytesAsync(clip, Silence(samples: 1600));
            string many = WriteManifest(work.FullName, "many.jsonl", clip, ManyRows);
            string few = WriteManifest(work.FullName, "few.jsonl", clip, FewRows);
            var large = new List<RowsReport>();
            var small = new List<RowsReport>();
            for (int run = 0; run < Runs; run++)
            {
                small.Add(await MeasureAsync(few));
                large.Add(await MeasureAsync(many));
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"loader-rows: {ManyRows} rows, {new FileInfo(many).Length / 1e6:0} MB; opening to the first batch, median of {Runs}: "
                    + $"{Median(large, report => report.FirstBatchSeconds):0.00} s, of that until opened {Median(large, report => report.OpenSeconds):0.00} s; "
                    + $"goal at most 3 s ({FewRows} rows: {Median(small, report => report.FirstBatchSeconds):0.00} s)"));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"loader-rows: most memory while decoding {Median(large, report => report.DecodingMegabytes):0} MB ({FewRows} rows: "
                    + $"{Median(small, report => report.DecodingMegabytes):0} MB), to the end of an epoch without decoding "
                    + $"{Median(large, report => report.PeakMegabytes):0} MB ({FewRows} rows: {Median(small, report => report.PeakMegabytes):0} MB), batches "
                    + $"at most {large.Max(report => report.BatchMegabytes):0.00} MB each; goal at most 200 MB"));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"loader-rows: planned, read and batched without decoding, median of {Runs}: {Median(large, report => report.RowsPerSecond):0} rows/s, goal at "
                    + $"least 50000"));
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    private static async Task<RowsReport> MeasureAsync(string manifest)
    {
        ProgramRun run = await ChildProgram.MustRunAsync(Environment.ProcessPath!, [ManyRowsRun.Name, manifest], Limit);
        return JsonSerializer.Deserialize<RowsReport>(run.Output)!;
    }

    private static double Median(List<RowsReport> reports, Func<RowsReport, double> figure) => ComparisonRounds.Median([.. reports.Select(figure)]);

    /// <summary>Writes a manifest of so many rows that all name one clip.</summary>
    internal static string WriteManifest(string folder, string name, string clip, int rows)
    {
        string path = Path.Combine(folder, name);
        using StreamWriter writer = File.CreateText(path);
        for (int row = 0; row < rows; row++)
        {
            writer.WriteLine(
                $$"""{"messages": [{"role": "user", "content": "<audio>What is said in recording {{row}}?"}, {"role": "assistant", "content": "Nothing."}],"""
                + $$""" "audios": ["{{clip}}"]}""");
        }

        return path;
    }

    // 16-bit mono at 16 kHz.
    private static byte[] Silence(int samples)
    {
        using var wav = new MemoryStream();
        using var writer = new BinaryWriter(wav);
        writer.Write("RIFF"u8);
        writer.Write(36 + (samples * 2));
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)1);
        writer.Write((short)1);
        writer.Write(16_000);
        writer.Write(32_000);
        writer.Write((short)2);
        writer.Write((short)16);
        writer.Write("data"u8);
        writer.Write(samples * 2);
        writer.Write(new byte[samples * 2]);
        return wav.ToArray();
    }
}
