using Spectre.Console;
using Spectre.Console.Rendering;

namespace ClipGuard.Cli.Screens;

/// <summary>For people at a terminal: progress that redraws itself, and tables at the end. Text of others is never read as markup.</summary>
internal sealed class TerminalScreen(IAnsiConsole console, ProgressAwareErrorWriter text, TimeProvider time) : IDryRunScreen
{
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongRunning = TimeSpan.FromSeconds(1);

    // A terminal that is made narrower breaks lines that no longer fit. Spectre.Console then clears the screen with all that has scrolled off it: what is
    // drawn stays within the width that few make it narrower than.
    private const int WidestProgress = 79;
    private const int NarrowestProgress = 20;

    /// <inheritdoc/>
    public void Begin(string header, string manifest)
    {
        console.Write(new Text(header + "\n", new Style(decoration: Decoration.Bold)));
        console.Write(new Text($"Dry run of {PrintableText.Line(manifest)}\n"));
    }

    /// <inheritdoc/>
    public void Reads(string firstRow) => console.Write(new Text(Wording.FirstRow(firstRow) + "\n"));

    /// <inheritdoc/>
    public void GoesOn(long rows) => console.Write(new Text(Wording.GoesOn(rows) + "\n"));

    /// <inheritdoc/>
    public async Task WatchAsync(IShownProgress progress, Task run)
    {
        long begun = time.GetTimestamp();
        using IDisposable pause = text.PauseForDrawing();
        await console.Live(Render(progress, TimeSpan.Zero)).AutoClear(true).StartAsync(async live =>
        {
            using var timer = new PeriodicTimer(Redraw, time);
            Task<bool> tick;
            do
            {
                WriteLinesAbove();
                live.UpdateTarget(Render(progress, time.GetElapsedTime(begun)));
                tick = timer.WaitForNextTickAsync().AsTask();
            }
            while (await Task.WhenAny(tick, run).ConfigureAwait(false) == tick);
            WriteLinesAbove();
        }).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void End(DryRunEndView findings)
    {
        // What counts comes last, so that it stands on the screen when all is said, however long the tables are.
        if (findings.FaultCount > 0)
        {
            console.WriteLine();
            console.Write(FindingTables.Faults(findings, console.Profile.Width));
        }

        if (findings.More > 0)
        {
            console.Write(new Text($"… and {Wording.Number(findings.More)} more in {PrintableText.Line(findings.FaultsPath)}\n"));
        }

        if (findings.Slowest.Any())
        {
            console.WriteLine();
            console.Write(FindingTables.Slowest(findings));
        }

        if (findings.Summary.Agreement is { } agreement)
        {
            console.WriteLine();
            console.Write(FindingTables.Agreement(agreement));
        }

        console.WriteLine();
        Style outcome = new(findings.Summary.Cancelled ? Color.Yellow : findings.FaultCount == 0 ? Color.Green : Color.Default, decoration: Decoration.Bold);
        console.Write(new Text(Wording.Outcome(findings.Summary, findings.FaultCount) + "\n", outcome));
        foreach (string note in Wording.Notes(findings.Summary))
        {
            console.Write(new Text(note + "\n"));
        }

        if (findings.Summary.Agreement is { } compared)
        {
            console.Write(new Text(Wording.Agreement(compared) + "\n"));
        }

        console.Write(FindingTables.Verdicts(findings));
        console.Write(FindingTables.Files(findings));
        if (Wording.Next(findings) is { } next)
        {
            console.Write(new Text(next + "\n"));
        }

        foreach (string hint in Wording.Hints(findings.Summary))
        {
            console.Write(new Text(PrintableText.Line(hint) + "\n", new Style(Color.Yellow)));
        }

        if (findings.Summary.Cancelled)
        {
            console.Write(new Text(Wording.LastWords(findings) + "\n", new Style(Color.Yellow, decoration: Decoration.Bold)));
        }
    }

    // Only whoever draws may write to a console that draws: it takes one lock to draw and then another to write, and a writer takes them the other way round.
    private void WriteLinesAbove()
    {
        foreach (string line in text.TakeHeld())
        {
            console.Write(new LineAboveProgress(line, new Style(Color.Yellow)));
        }
    }

    private Rows Render(IShownProgress progress, TimeSpan elapsed)
    {
        int width = Math.Clamp(console.Profile.Width - 1, NarrowestProgress, WidestProgress);
        var lines = new List<IRenderable>();
        if (progress.Fraction is { } fraction)
        {
            lines.Add(Bar(fraction, width));
        }

        lines.AddRange(WrappedText.Lines(progress.Done(elapsed), ", ", width).Select(static text => new Text(text)));
        lines.AddRange(WrappedText.Lines(progress.Verdicts, " · ", width).Select(static text => new Text(text)));
        if (progress.Longest is { } longest && longest.Elapsed >= LongRunning)
        {
            string now = $"{Wording.Seconds(longest.Elapsed)} in line {longest.Line}: ";
            lines.Add(new Text(now + PrintableText.Short(longest.Clip, Math.Max(10, width - now.Length)), new Style(Color.Grey)));
        }

        return new Rows(lines);
    }

    private Paragraph Bar(double fraction, int width)
    {
        string percent = $" {fraction * 100,3:0}%";
        int length = Math.Min(60, width - percent.Length);
        int done = (int)(length * fraction);
        (char full, char empty) = console.Profile.Capabilities.Unicode ? ('━', '━') : ('#', '-');
        return new Paragraph()
            .Append(new string(full, done), new Style(Color.Green))
            .Append(new string(empty, length - done), new Style(Color.Grey))
            .Append(percent);
    }
}
