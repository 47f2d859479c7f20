using System.Text.Encodings.Web;
using System.Text.Json;

using ClipGuard.DryRuns;

namespace ClipGuard.Cli.Screens;

/// <summary>For programs: one JSON object a line. How far the run is comes every ten seconds, and its last line has what it found and where.</summary>
internal sealed class JsonScreen(TextWriter output, TimeProvider time, TimeSpan interval) : IDryRunScreen
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <inheritdoc/>
    public void Begin(string header, string manifest) => Write(new { Event = "begin", ClipGuard = ProductVersion.Text, Manifest = manifest, Runs = header });

    /// <inheritdoc/>
    public void Reads(string firstRow) => Write(new { Event = "firstRow", Row = firstRow });

    /// <inheritdoc/>
    public void GoesOn(long rows) => Write(new { Event = "goesOn", ResumedAfterRows = rows });

    /// <inheritdoc/>
    public async Task WatchAsync(IShownProgress progress, Task run)
    {
        long begun = time.GetTimestamp();
        using var timer = new PeriodicTimer(interval, time);
        Task<bool> tick = timer.WaitForNextTickAsync().AsTask();
        while (await Task.WhenAny(tick, run).ConfigureAwait(false) == tick)
        {
            Write(new
            {
                Event = "progress",
                progress.Fraction,
                ElapsedSeconds = Math.Round(time.GetElapsedTime(begun).TotalSeconds, 3),
                Counts = progress.Counts,
                Longest = progress.Longest is { } longest
                    ? new { longest.Line, longest.Clip, Seconds = Math.Round(longest.Elapsed.TotalSeconds, 3) }
                    : null,
            });
            tick = timer.WaitForNextTickAsync().AsTask();
        }
    }

    /// <inheritdoc/>
    public void End(DryRunEndView findings)
    {
        DryRunSummary summary = findings.Summary;
        Write(new
        {
            Event = "end",
            summary.Cancelled,
            Samples = summary.SampleCount,
            CleanSamples = summary.CleanSampleCount,
            Clips = summary.ClipCount,
            Ok = summary.OkCount,
            Unsettled = summary.UnsettledCount,
            summary.Faults,
            summary.Agreement,
            summary.ElapsedSeconds,
            FaultsPath = findings.FaultsPath,
            CleanPath = findings.CleanPath,
            ExcludedPath = findings.ExcludedPath,
            SummaryPath = findings.SummaryPath,
            GoesOn = findings.CanGoOn,
        });
    }

    private void Write<T>(T line) => output.WriteLine(JsonSerializer.Serialize(line, Options));
}
