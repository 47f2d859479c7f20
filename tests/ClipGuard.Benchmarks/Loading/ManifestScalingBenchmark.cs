using System.Globalization;

namespace ClipGuard.Benchmarks.Loading;

/// <summary>What a rank pays for rows that are not its own: the CPU time of processes (<see cref="ManifestScalingRun"/>), medians.</summary>
internal static class ManifestScalingBenchmark
{
    private const int Rows = 1_000_000;
    private const int IndexedRows = 10_000_000;
    private const int Runs = 5;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    public static async Task RunAsync()
    {
        DirectoryInfo work = Directory.CreateTempSubdirectory("clipguard-growth-");
        try
        {
            Environment.SetEnvironmentVariable("XDG_CACHE_HOME", Path.Combine(work.FullName, "cache"));
            string clip = Path.Combine(work.FullName, "none.wav");
            string some = ManyRowsBenchmark.WriteManifest(work.FullName, "some.jsonl", clip, Rows);
            string many = ManyRowsBenchmark.WriteManifest(work.FullName, "many.jsonl", clip, IndexedRows);
            double first = await MeasureAsync("open", many);
            Report($"windowed shuffle as one of 1024 ranks, first epoch over {IndexedRows} rows", "CPU ms a sample", await MedianAsync("windowed-first", many));
            Report($"windowed shuffle as one of 1024 ranks, second epoch over {IndexedRows} rows", "CPU ms a sample", await MedianAsync("windowed", many));
            Report($"windowed shuffle of {Rows} rows, resumed behind nine tenths, to the first batch", "CPU s", await MedianAsync("resume", some));
            Report($"full shuffle of {IndexedRows} rows, opened for the first time", "CPU s", first);
            Report("opened once more", "CPU s", await MedianAsync("open", many));
            File.Delete(many);
            string distinct = WriteDistinct(work.FullName, IndexedRows);
            Report($"dry run of {IndexedRows} rows with a clip each", "MB", await MeasureAsync("dry-run", distinct));
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    private static void Report(string what, string unit, double value) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"loader-growth: {what}: {value:0.000} {unit}"));

    // As the collector is set for the command (ClipGuard.Cli.csproj): the memory is that of a dry run.
    private static string WriteDistinct(string folder, int rows)
    {
        Environment.SetEnvironmentVariable("DOTNET_GCGen0MaxBudget", "400000");
        Environment.SetEnvironmentVariable("DOTNET_GCConserveMemory", "7");
        string path = Path.Combine(folder, "distinct.jsonl");
        using StreamWriter writer = File.CreateText(path);
        for (int row = 0; row < rows; row++)
        {
            writer.WriteLine($$"""{"messages": [{"role": "user", "content": "<audio>What is said?"}], "audios": ["/speech/part-{{row % 997}}/{{row}}.wav"]}""");
        }

        return path;
    }

    private static async Task<double> MedianAsync(string kind, string manifest)
    {
        var measured = new List<double>();
        for (int run = 0; run < Runs; run++)
        {
            measured.Add(await MeasureAsync(kind, manifest));
        }

        return ComparisonRounds.Median([.. measured]);
    }

    private static async Task<double> MeasureAsync(string kind, string manifest)
    {
        ProgramRun run = await ChildProgram.MustRunAsync(Environment.ProcessPath!, [ManifestScalingRun.Name, kind, manifest], Limit);
        return double.Parse(run.Output, CultureInfo.InvariantCulture);
    }
}
