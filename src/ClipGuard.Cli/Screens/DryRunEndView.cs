using ClipGuard.DryRuns;

namespace ClipGuard.Cli.Screens;

/// <summary>What the end of a dry run shows: the summary and the first of the bad clips and lines.</summary>
internal sealed class DryRunEndView
{
    /// <summary>Bad clips and lines on the screen; beyond that a file is easier to read than a scrolled-off table.</summary>
    public const int ShownFaults = 50;

    /// <summary>Slow clips on the screen.</summary>
    public const int ShownSlow = 5;

    private DryRunEndView(DryRunSummary summary, string folder)
    {
        Summary = summary;
        FaultsPath = DryRunFiles.Faults(folder);
        ExcludedPath = DryRunFiles.Excluded(folder);
        UnsettledPath = DryRunFiles.Unsettled(folder);
        DisagreementsPath = DryRunFiles.Disagreements(folder);
        SummaryPath = DryRunFiles.Summary(folder);
        CanGoOn = File.Exists(DryRunFiles.Unfinished(folder));
        FaultCount = summary.Faults.Values.Sum();
        Shown = [.. DryRunFiles.ReadFaults(FaultsPath).Take(ShownFaults)];
    }

    public DryRunSummary Summary { get; }

    public string FaultsPath { get; }

    public string ExcludedPath { get; }

    /// <summary>Rows that are not clean.</summary>
    public long ExcludedRows => Summary.SampleCount - Summary.CleanSampleCount + Summary.Faults[BadLineRecord.Name];

    public string UnsettledPath { get; }

    /// <summary>Where two decoders disagree, if a second one was asked.</summary>
    public string DisagreementsPath { get; }

    public string SummaryPath { get; }

    /// <summary>Null where the manifest's rows are no text, so that there is no clean one.</summary>
    public string? CleanPath => Summary.Settings.CleanManifest;

    /// <summary>True where another run goes on behind what this one has done.</summary>
    public bool CanGoOn { get; }

    /// <summary>Bad clips and lines in all.</summary>
    public long FaultCount { get; }

    /// <summary>The first of them. They are read back from the file, so that a long run need not keep them and a resumed one shows all.</summary>
    public IReadOnlyList<FaultRecord> Shown { get; }

    /// <summary>Those beyond <see cref="Shown"/>.</summary>
    public long More => FaultCount - Shown.Count;

    public IEnumerable<SlowClip> Slowest => Summary.Slowest.Take(ShownSlow);

    /// <summary>Each fault that was found, with its count, most frequent first.</summary>
    public IEnumerable<KeyValuePair<string, long>> FaultCounts =>
        Summary.Faults.Where(fault => fault.Value > 0).OrderByDescending(fault => fault.Value).ThenBy(fault => fault.Key, StringComparer.Ordinal);

    /// <summary>Reads what a run left behind.</summary>
    public static DryRunEndView Read(DryRunSummary summary, string folder) => new(summary, folder);
}
