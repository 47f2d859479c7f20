using System.Globalization;

using ClipGuard.Cli.Reports;
using ClipGuard.Cli.Screens;
using ClipGuard.Loading;

namespace ClipGuard.Cli.Benching;

/// <summary>Makes a report of the epochs that a bench has read.</summary>
internal static class BenchReportBuilder
{
    /// <summary>Makes it.</summary>
    /// <param name="manifest">The manifest's name.</param>
    /// <param name="epochs">What each epoch came to, at least one.</param>
    public static ReportContent Make(string manifest, IReadOnlyList<BenchReport> epochs)
    {
        BenchReport last = epochs[^1];
        long badRows = epochs.Sum(static one => one.Epoch.BadRowCount);
        return new ReportContent
        {
            Kicker = "ClipGuard bench",
            Title = Path.GetFileName(manifest) is { Length: > 0 } name ? name : manifest,
            Lead = $"{Wording.Count(epochs.Count, "epoch")}, the last at {Figure(last.SamplesPerSecond)} samples/s, "
                + $"held up by {BenchOutput.HeldUpBy(last.Epoch.Bottleneck)}.",
            Facts =
            [
                ["Manifest", manifest],
                ["First batch after", $"{Figure(epochs[0].FirstBatch?.TotalSeconds ?? 0)} s"],
                ["Decoded", $"{Figure(last.MegabytesPerSecond)} MB/s"],
            ],
            VerdictTitle = "Clips of all epochs",
            Verdicts =
            [
                new ReportVerdict("ok", epochs.Sum(static one => one.Epoch.ClipCount), "good"),
                .. epochs.SelectMany(static one => one.Epoch.Faults).GroupBy(static fault => fault.Key, static fault => fault.Value)
                    .Select(static fault => new ReportVerdict(fault.Key.ToString(), fault.Sum(), "bad"))
                    .Where(static verdict => verdict.Count > 0).OrderByDescending(static verdict => verdict.Count),
                .. badRows > 0 ? [new ReportVerdict("bad rows", badRows, "bad")] : Array.Empty<ReportVerdict>(),
                .. epochs.Sum(static one => one.Epoch.UnsettledCount) is > 0 and var unsettled ? [new ReportVerdict("unsettled", unsettled, "warn")]
                    : Array.Empty<ReportVerdict>(),
            ],
            Tables = [EpochTable(epochs), PartsTable(last.Epoch)],
        };
    }

    private static ReportTable EpochTable(IReadOnlyList<BenchReport> epochs)
    {
        var number = new TextColumn("Epoch") { Opens = true };
        var heldUp = new ChoiceColumn("Held up by");
        (NumberColumn Column, Func<BenchReport, double?> Of)[] figures =
        [
            (new NumberColumn("Samples"), static one => one.Epoch.SampleCount),
            (new NumberColumn("Batches") { Less = true }, static one => one.Epoch.BatchCount),
            (new NumberColumn("Seconds"), static one => one.Epoch.Elapsed.TotalSeconds), (new NumberColumn("Samples/s"), static one => one.SamplesPerSecond),
            (new NumberColumn("MB/s") { Less = true }, static one => one.MegabytesPerSecond),
            (new NumberColumn("Waited (s)") { Less = true }, static one => one.Epoch.Waited.TotalSeconds),
            (new NumberColumn("Decodes (s)") { Less = true }, static one => one.Epoch.DecodeTime.TotalSeconds),
            (new NumberColumn("Processors busy (%)") { Less = true }, static one => 100 * one.Epoch.ProcessorUse),
            (new NumberColumn("Substitutes") { Less = true }, static one => one.Epoch.SubstituteCount),
            (new NumberColumn("Read ahead (MB)") { Less = true }, static one => one.Epoch.ReadAhead.Bytes / 1e6),
        ];
        foreach (BenchReport epoch in epochs)
        {
            number.Add(epoch.Epoch.Epoch.ToString(CultureInfo.InvariantCulture));
            heldUp.Add(BenchOutput.HeldUpBy(epoch.Epoch.Bottleneck));
            Array.ForEach(figures, figure => figure.Column.Add(figure.Of(epoch)));
        }

        return new ReportTable("epochs", "Epochs", [number, .. figures.Select(static figure => figure.Column), heldUp]) { Count = epochs.Count };
    }

    private static ReportTable PartsTable(EpochReport epoch)
    {
        var name = new TextColumn("Kind and codec") { Opens = true };
        var clips = new NumberColumn("Clips");
        NumberColumn[] parts = [.. CodecTimingsTable.Parts.Select(static part => new NumberColumn($"{part.Head} (ms)"))];
        foreach (CodecTimings profile in epoch.Profile)
        {
            name.Add(CodecTimingsTable.NameOf(profile));
            clips.Add(profile.ClipCount);
            for (int part = 0; part < parts.Length; part++)
            {
                parts[part].Add(CodecTimingsTable.Parts[part].Of(profile).TotalMilliseconds / profile.ClipCount);
            }
        }

        return new ReportTable("profile", "Where the time of a clip goes", [name, clips, .. parts])
        {
            Count = epoch.Profile.Count,
            Note = $"Of the last epoch, milliseconds a clip. Complete batches waited {Figure(epoch.WaitedForConsumer.TotalSeconds)} s for the consumer in all.",
        };
    }

    private static string Figure(double value) => value.ToString("0.0#", CultureInfo.InvariantCulture);
}
