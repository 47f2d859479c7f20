using ClipGuard.DryRuns;

namespace ClipGuard.Cli.Screens;

/// <summary>For logs, pipes and files: plain lines, no colours, and a line of progress now and then.</summary>
internal sealed class PlainScreen(TextWriter output, TimeProvider time, TimeSpan interval) : IDryRunScreen
{
    private const int ClipWidth = 200;

    /// <inheritdoc/>
    public void Begin(string header, string manifest)
    {
        output.WriteLine(header);
        output.WriteLine($"Dry run of {PrintableText.Line(manifest)}");
    }

    /// <inheritdoc/>
    public void Reads(string firstRow) => output.WriteLine(Wording.FirstRow(firstRow));

    /// <inheritdoc/>
    public void GoesOn(long rows) => output.WriteLine(Wording.GoesOn(rows));

    /// <inheritdoc/>
    public async Task WatchAsync(IShownProgress progress, Task run)
    {
        long begun = time.GetTimestamp();
        using var timer = new PeriodicTimer(interval, time);
        while (await NextTickAsync(timer, run).ConfigureAwait(false))
        {
            string percent = progress.Fraction is { } fraction ? $"{fraction * 100:0}%, " : string.Empty;
            output.WriteLine(percent + progress.Done(time.GetElapsedTime(begun)) + " · " + progress.Verdicts);
        }
    }

    /// <inheritdoc/>
    public void End(DryRunEndView findings)
    {
        output.WriteLine(Wording.Outcome(findings.Summary, findings.FaultCount));
        foreach (string note in Wording.Notes(findings.Summary))
        {
            output.WriteLine(note);
        }

        output.WriteLine();
        output.WriteLine("Verdicts");
        output.WriteLine($"  {"ok",-17} {Wording.Number(findings.Summary.OkCount),9}");
        foreach ((string fault, long count) in findings.FaultCounts)
        {
            output.WriteLine($"  {fault,-17} {Wording.Number(count),9}");
        }

        if (findings.Summary.UnsettledCount > 0)
        {
            output.WriteLine($"  {"unsettled",-17} {Wording.Number(findings.Summary.UnsettledCount),9}");
        }

        WriteAgreement(findings);
        WriteFaults(findings);
        WriteSlowest(findings);
        output.WriteLine();
        output.WriteLine($"Bad clips   {PrintableText.Line(findings.FaultsPath)}");
        if (findings.Summary.UnsettledCount > 0)
        {
            output.WriteLine($"Unsettled   {PrintableText.Line(findings.UnsettledPath)}: run it again to try these alone");
        }

        if (findings.Summary.Agreement is { DisagreementCount: > 0 })
        {
            output.WriteLine($"Disagreements  {PrintableText.Line(findings.DisagreementsPath)}");
        }

        output.WriteLine($"Clean rows  {Wording.CleanRows(findings)}");
        output.WriteLine($"Excluded    {Wording.ExcludedRows(findings)}");
        output.WriteLine($"Summary     {PrintableText.Line(findings.SummaryPath)}");
        if (Wording.Next(findings) is { } next)
        {
            output.WriteLine(next);
        }

        foreach (string hint in Wording.Hints(findings.Summary))
        {
            output.WriteLine(PrintableText.Line(hint));
        }

        if (findings.Summary.Cancelled)
        {
            output.WriteLine(Wording.LastWords(findings));
        }
    }

    private static async Task<bool> NextTickAsync(PeriodicTimer timer, Task run)
    {
        Task<bool> tick = timer.WaitForNextTickAsync().AsTask();
        return await Task.WhenAny(tick, run).ConfigureAwait(false) == tick;
    }

    private void WriteFaults(DryRunEndView findings)
    {
        if (findings.FaultCount == 0)
        {
            return;
        }

        output.WriteLine();
        output.WriteLine("Bad clips");
        foreach (FaultRecord fault in findings.Shown)
        {
            output.WriteLine(fault is ClipFaultRecord clip
                ? $"  line {clip.Line}  {PrintableText.Short(clip.Clip, ClipWidth)}  {Wording.Lower(clip.Kind)}  {clip.Fault}  in {Wording.Lower(clip.Stage)}  "
                    + $"{Wording.Seconds(TimeSpan.FromSeconds(clip.ElapsedSeconds))}  {PrintableText.Line(clip.Message)}"
                : $"  line {fault.Line}  {fault.Fault}  {PrintableText.Line(fault.Message)}");
        }

        if (findings.More > 0)
        {
            output.WriteLine($"  … and {Wording.Number(findings.More)} more in {PrintableText.Line(findings.FaultsPath)}");
        }
    }

    private void WriteAgreement(DryRunEndView findings)
    {
        if (findings.Summary.Agreement is not { } agreement)
        {
            return;
        }

        output.WriteLine();
        output.WriteLine(Wording.Agreement(agreement));
        string[][] rows = [.. AgreementRows.Of(agreement)];
        int[] widths = [.. Enumerable.Range(0, AgreementRows.Columns.Count).Select(column => rows.Max(row => row[column].Length))];
        foreach (string[] row in rows)
        {
            output.WriteLine("  " + string.Join("  ", row.Select((cell, column) => column == 0 ? cell.PadRight(widths[0]) : cell.PadLeft(widths[column]))));
        }
    }

    private void WriteSlowest(DryRunEndView findings)
    {
        if (!findings.Slowest.Any())
        {
            return;
        }

        output.WriteLine();
        output.WriteLine("Slowest clips");
        foreach (SlowClip clip in findings.Slowest)
        {
            output.WriteLine($"  {Wording.Seconds(TimeSpan.FromSeconds(clip.Seconds)),9}  line {clip.Line}  {PrintableText.Short(clip.Clip, ClipWidth)}");
        }
    }
}
