using ClipGuard.Verdicts;

namespace ClipGuard.Tests.Support;

/// <summary>Dry runs with a verdict store, over files that are there.</summary>
internal static class VerdictStoreRuns
{
    public static DryRunBench NewBench(params string[] clips)
    {
        var bench = new DryRunBench([.. clips.Select(static clip => DryRunBench.Row(clip))]);
        foreach (string clip in clips.Where(static clip => !clip.StartsWith("gone", StringComparison.Ordinal)))
        {
            Make(bench.Folder, clip);
        }

        bench.Options = bench.Options with { Verdicts = new VerdictStoreOptions { Folder = Path.Combine(bench.Folder, "store") } };
        return bench;
    }

    public static void Make(string folder, string name)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllText(path, name);
        Age(path);
    }

    /// <summary>Makes a file older than the time for which it goes by its content.</summary>
    public static void Age(string path) => File.SetLastWriteTimeUtc(path, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
}
