using ClipGuard.DryRuns;
using ClipGuard.Manifests;

using NUnit.Framework;

namespace ClipGuard.Tests.Support;

/// <summary>A manifest, a scripted decoder and an output folder, gone after the test.</summary>
internal sealed class DryRunBench : IDisposable
{
    public DryRunBench(params string[] rows)
        : this(string.Concat(rows.Select(row => row + "\n")))
    {
    }

    public DryRunBench(string manifest)
    {
        Folder = Directory.CreateTempSubdirectory("clipguard-dry-run-").FullName;
        ManifestPath = Path.Combine(Folder, "manifest.jsonl");
        File.WriteAllText(ManifestPath, manifest);
        Options = new DryRunOptions
        {
            OutputFolder = Path.Combine(Folder, "out"),
            Guard = new() { Workers = 2 },
            Manifest = new ManifestOptions { RootImageDirectory = null },
        };
    }

    public string Folder { get; }

    public string ManifestPath { get; }

    public DryRunOptions Options { get; set; }

    public ScriptedDecoder Decoder { get; set; } = new();

    public string FaultsPath => Path.Combine(Options.OutputFolder, "faults.jsonl");

    public string CleanPath => Path.Combine(Options.OutputFolder, "clean.jsonl");

    /// <summary>Where clean rows are gathered until they are all there.</summary>
    public string PartialPath => CleanPath + ".partial";

    public string ExcludedPath => Path.Combine(Options.OutputFolder, "excluded.jsonl");

    public string UnsettledPath => Path.Combine(Options.OutputFolder, "unsettled.jsonl");

    public string SummaryPath => Path.Combine(Options.OutputFolder, "summary.json");

    public string JournalPath => Path.Combine(Options.OutputFolder, "journal.jsonl");

    public string UnfinishedPath => Path.Combine(Options.OutputFolder, "unfinished.json");

    /// <summary>A row that names images.</summary>
    public static string Row(params string[] clips) =>
        $$"""{"messages":[{"role":"user","content":"look"}],"images":[{{string.Join(',', clips.Select(clip => $"\"{clip}\""))}}]}""";

    public DryRun Start() => new(new JsonLinesManifest(ManifestPath, Options.Manifest), Decoder, Options);

    public Task<DryRunSummary> RunAsync(CancellationToken cancellation = default) => Start().RunAsync(cancellation);

    /// <summary>Runs until a condition holds, then cancels, and gives the summary.</summary>
    public async Task<DryRunSummary> RunUntilAsync(Func<bool> condition)
    {
        using var stop = new CancellationTokenSource();
        Task<DryRunSummary> running = RunAsync(stop.Token);
        await Until(condition);
        await stop.CancelAsync();
        return await running;
    }

    /// <summary>Runs until a condition holds and then leaves the folder as SIGKILL would: what is in the files at that moment, and nothing more.</summary>
    public Task RunUntilKilledAsync(Func<bool> condition) => RunUntilKilledAsync(Start(), condition);

    /// <summary>The same of another run into the output folder; one that ends before is not killed.</summary>
    public async Task RunUntilKilledAsync(DryRun run, Func<bool> condition)
    {
        using var stop = new CancellationTokenSource();
        Task<DryRunSummary> running = run.RunAsync(stop.Token);
        await Until(() => condition() || running.IsCompleted);
        if (running.IsCompleted)
        {
            await running;
            return;
        }

        string left = Path.Combine(Folder, $"left-{Directory.GetDirectories(Folder).Length}");
        Directory.CreateDirectory(left);
        foreach (string file in Directory.EnumerateFiles(Options.OutputFolder).Where(static file => !file.EndsWith(".lock", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(left, Path.GetFileName(file)));
        }

        await stop.CancelAsync();
        await running;
        Directory.Delete(Options.OutputFolder, recursive: true);
        Directory.Move(left, Options.OutputFolder);
    }

    /// <summary>Waits for a condition; the test's own time limit ends a wait in vain.</summary>
    public static async Task Until(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(5, TestContext.CurrentContext.CancellationToken);
        }
    }

    public IReadOnlyList<FaultRecord> Faults() => File.Exists(FaultsPath) ? [.. DryRunFiles.ReadFaults(FaultsPath)] : [];

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
