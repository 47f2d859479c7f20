using System.Globalization;

using ClipGuard.Cli.Running;
using ClipGuard.DryRuns;
using ClipGuard.DryRuns.SecondOpinions;
using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.Cli.Screens;

/// <summary>The words that both screens use, so that they say the same thing.</summary>
internal static class Wording
{
    /// <summary>What is about to run.</summary>
    public static string Header(Supervisor supervisor, SupervisorOptions guard) => guard.Isolation == IsolationMode.InProcess
        ? $"clipguard {ProductVersion.Text} · {supervisor.DecoderVersion} · in this process: no helper, no deadline, {Count(guard.Workers, "worker")}"
        : $"clipguard {ProductVersion.Text} · {supervisor.DecoderVersion} · {Count(guard.Workers, "helper")}, sandbox {Lower(supervisor.Sandbox)}, "
            + $"deadline {Seconds(guard.Deadline)}, stall limit {Seconds(guard.StallLimit)}";

    /// <summary>How it ended.</summary>
    public static string Outcome(DryRunSummary summary, long faults) =>
        $"{(summary.Cancelled ? "Cancelled" : "Done")} after {Seconds(TimeSpan.FromSeconds(summary.ElapsedSeconds))}: "
        + $"{Count(summary.SampleCount, "sample")}, {Count(summary.ClipCount, "clip")} ({Number(summary.ClipsPerSecond)} a second), "
        + (faults == 0 ? "no fault" : Count(faults, "fault"))
        + (summary.UnsettledCount == 0 ? string.Empty : $", {Number(summary.UnsettledCount)} unsettled");

    /// <summary>What belongs to the outcome and is not always there: a run before this one, one to come, odd samples.</summary>
    public static IEnumerable<string> Notes(DryRunSummary summary)
    {
        if (summary.ResumedRowCount > 0)
        {
            yield return $"The first {Count(summary.ResumedRowCount, "row")} were done by the run that was interrupted before.";
        }

        if (summary.FromStoreCount > 0)
        {
            yield return $"The verdicts on {Count(summary.FromStoreCount, "clip")} came from the verdict store.";
        }

        if (summary.RepeatedCount > 0)
        {
            yield return $"{Count(summary.RepeatedCount, "mention")} of clips that were named before: each clip is decoded once.";
        }

        if (summary.LeftOutCount > 0 || summary.NotFoundCount > 0)
        {
            yield return $"{Count(summary.LeftOutCount, "row")} left out by --exclude"
                + (summary.NotFoundCount == 0 ? "."
                    : $"; {Number(summary.NotFoundCount)} more that it names are not in the manifest: is it of another version?");
        }

        if (summary.WarnedSampleCount > 0)
        {
            yield return $"{Count(summary.WarnedSampleCount, "sample")} with something odd that does not stop training: the log says what.";
        }
    }

    /// <summary>How often a second decoder agreed. Its libraries are in the summary.</summary>
    public static string Agreement(Agreement agreement) =>
        $"Also decoded by {PrintableText.Line(agreement.Also.Split(" (")[0])}: {Count(agreement.ComparedCount, "clip")} compared, "
        + (agreement.DisagreementCount == 0 ? "no disagreement" : Count(agreement.DisagreementCount, "disagreement"));

    /// <summary>How a manifest's first row was understood. Keys are the manifest's own.</summary>
    public static string FirstRow(string firstRow) => $"First row: {PrintableText.Line(firstRow)}";

    /// <summary>Where a run begins that goes on behind one that was interrupted.</summary>
    public static string GoesOn(long rows) => $"Going on at row {Number(rows + 1)}, behind what an interrupted run has done; --fresh starts over.";

    /// <summary>The last words of a run that was cancelled: what there is so far, and what to do about the rest.</summary>
    public static string LastWords(DryRunEndView findings)
    {
        DryRunSummary summary = findings.Summary;
        string counts = $"{Count(summary.SampleCount, "sample")}, {Count(summary.OkCount, "clip")} ok, {Count(findings.FaultCount, "fault")} so far";
        return $"Cancelled: {counts}. {(findings.CanGoOn ? "Run it again to go on." : "The next run starts over.")}";
    }

    /// <summary>How far a run is, on one line.</summary>
    public static string Progress(DryRunProgress progress, TimeSpan elapsed)
    {
        double rate = elapsed > TimeSpan.Zero ? progress.ClipCountThisRun / elapsed.TotalSeconds : 0;
        return $"{Count(progress.RowCount, "sample")}, {Count(progress.ClipCount, "clip")}, {Number(rate)} clips a second, "
            + GoneAndLeft(progress.Fraction, progress.FractionBefore, elapsed);
    }

    /// <summary>How long something has taken, and about how long it will, at the speed that it had itself.</summary>
    /// <param name="fraction">What is done, from 0 to 1; null where it is not known.</param>
    /// <param name="before">What had been done before it began.</param>
    /// <param name="elapsed">How long it has taken.</param>
    public static string GoneAndLeft(double? fraction, double before, TimeSpan elapsed)
    {
        string left = fraction is < 1 and var done && done - before > 0.001 && elapsed.TotalSeconds >= 2
            ? $", about {Clock(elapsed * ((1 - done) / (done - before)))} left"
            : string.Empty;
        return $"{Clock(elapsed)} gone{left}";
    }

    /// <summary>Verdicts so far: what decoded, and each fault that was seen.</summary>
    public static IReadOnlyDictionary<string, long> Counts(DryRunProgress progress)
    {
        var counts = new Dictionary<string, long> { ["ok"] = progress.OkCount };
        foreach (FaultKind kind in Enum.GetValues<FaultKind>().Where(kind => progress.Count(kind) > 0))
        {
            counts.Add(kind.ToString(), progress.Count(kind));
        }

        if (progress.BadLineCount > 0)
        {
            counts.Add(BadLineRecord.Name, progress.BadLineCount);
        }

        if (progress.UnsettledCount > 0)
        {
            counts.Add("unsettled", progress.UnsettledCount);
        }

        return counts;
    }

    /// <summary>Verdicts with their counts, on one line.</summary>
    public static string Verdicts(IReadOnlyDictionary<string, long> counts) =>
        string.Join(" · ", counts.Select(static count => $"{count.Key} {Number(count.Value)}"));

    /// <summary>What to do next about bad clips.</summary>
    public static string? Next(DryRunEndView findings) => findings.FaultCount == 0 || findings.Summary.Cancelled ? null
        : $"To look at what is bad, or to send it on: clipguard report {PrintableText.Line(Path.GetDirectoryName(findings.FaultsPath)!)}";

    /// <summary>Where the clean rows are, and how many.</summary>
    public static string CleanRows(DryRunEndView findings) => findings.CleanPath is { } path
        ? RowsIn(path, findings.Summary.CleanSampleCount, findings.Summary.Cancelled)
        : $"{Count(findings.Summary.CleanSampleCount, "row")}, which are no text to be copied: train with --exclude and the list below";

    /// <summary>Where the rows are named that are not clean.</summary>
    public static string ExcludedRows(DryRunEndView findings) => RowsIn(findings.ExcludedPath, findings.ExcludedRows, findings.Summary.Cancelled);

    /// <summary>What is left to say of a run, each a line of its own.</summary>
    public static IEnumerable<string> Hints(DryRunSummary summary)
    {
        if (RelativePathsHint(summary) is { } paths)
        {
            yield return paths;
        }

        if (summary.Helpers.Disagreement is { } disagreement)
        {
            yield return $"Verdicts after a fault are in doubt; run it again with --confirm-one-in 0 --fresh. {disagreement}";
        }
    }

    // A file of rows has its name once the run has come to its end.
    private static string RowsIn(string path, long rows, bool isCancelled) => isCancelled
        ? $"{Count(rows, "row")} so far, in {PrintableText.Line(Path.GetFileName(path))} when a run has come to the end"
        : $"{PrintableText.Line(path)}: {Count(rows, "row")}";

    private static string? RelativePathsHint(DryRunSummary summary)
    {
        string? clean = summary.Settings.CleanManifest;
        string home = summary.Manifest == StandardStreams.InputPath ? Environment.CurrentDirectory
            : summary.Manifest.Contains("://", StringComparison.Ordinal) ? summary.Manifest[..summary.Manifest.LastIndexOf('/')]
            : Path.GetDirectoryName(summary.Manifest)!;
        return clean is null || summary.Cancelled || !summary.CleanHasRelativePaths || Path.GetDirectoryName(clean) == home ? null
            : summary.Settings.Manifest.Root is { } root ? $"{Path.GetFileName(clean)} holds relative paths: read it with the same root, --root {root}."
            : $"{Path.GetFileName(clean)} holds relative paths: put it beside the manifest, into {home}, or read it with --root {home}.";
    }

    /// <summary>What was decoded.</summary>
    public static string Clip(DecodedClip clip)
    {
        string shape = $"{Lower(clip.Element)} [{string.Join(", ", clip.Shape)}]";
        return clip.SampleRateHz > 0 ? $"{shape} at {clip.SampleRateHz} Hz"
            : clip.FrameTimesSeconds is [var first, .., var last]
                ? $"{shape}, frames from {Seconds(TimeSpan.FromSeconds(first))} to {Seconds(TimeSpan.FromSeconds(last))}"
            : shape;
    }

    /// <summary>What was damaged.</summary>
    public static string Damage(DamageReport damage)
    {
        (long Count, string Noun)[] kinds =
        [
            (damage.ConcealedFrameCount, "concealed frame"),
            (damage.CorruptFrameCount, "corrupt frame"),
            (damage.RefusedPacketCount, "refused packet"),
            (damage.MissingFrameCount, "missing frame"),
            (damage.MissingSampleCount, "missing sample"),
            (damage.RepeatedFrameCount, "repeated frame"),
        ];
        string counts = string.Join(", ", kinds.Where(kind => kind.Count > 0).Select(kind => Count(kind.Count, kind.Noun)));
        return damage.FirstAt is { } first ? $"{counts}, the first at {Seconds(first)}" : counts;
    }

    /// <summary>A count and its noun.</summary>
    public static string Count(long count, string noun) => $"{Number(count)} {noun}{(count == 1 ? string.Empty : "s")}";

    /// <summary>A whole number with its thousands told apart.</summary>
    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A number to three digits or so.</summary>
    public static string Number(double number) => number.ToString(number < 100 ? "0.#" : "N0", CultureInfo.InvariantCulture);

    /// <summary>Seconds with their unit.</summary>
    public static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.##", CultureInfo.InvariantCulture) + " s";

    /// <summary>An enum's word as the command line writes it.</summary>
    public static string Lower<T>(T word)
        where T : struct, Enum => word.ToString().ToLowerInvariant();

    private static string Clock(TimeSpan time) =>
        time.TotalDays > 99 ? "days" : time.ToString(time.TotalDays >= 1 ? @"d\.hh\:mm\:ss" : @"h\:mm\:ss", CultureInfo.InvariantCulture);
}
