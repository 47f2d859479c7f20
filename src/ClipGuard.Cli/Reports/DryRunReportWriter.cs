using System.Text.Json;

using ClipGuard.Cli.Running;
using ClipGuard.DryRuns;
using ClipGuard.Supervision;

using Microsoft.Extensions.Logging;

namespace ClipGuard.Cli.Reports;

/// <summary>Writes the report of a dry run.</summary>
internal static class DryRunReportWriter
{
    /// <summary>Reads what a run left, looks at some of the bad clips once more, and writes the report.</summary>
    /// <param name="folder">The run's output folder.</param>
    /// <param name="options">What goes into it.</param>
    /// <param name="log">Where helpers log to.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The file.</returns>
    /// <exception cref="UsageException">The folder holds no run that ended.</exception>
    public static async Task<string> WriteAsync(string folder, ReportOptions options, ILoggerFactory log, CancellationToken cancellation)
    {
        string path = options.FileIn(folder);
        try
        {
            DryRunSummary summary = DryRunFiles.ReadSummary(DryRunFiles.Summary(folder));
            (IReadOnlyList<BadClipInspection> looks, string? note) =
                await LookAsync(folder, summary, options.Pictures, log, cancellation).ConfigureAwait(false);
            ReportPageWriter.Write(path, DryRunReport.Make(folder, summary, looks, options.Rows, note));
            return path;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UsageException($"{Path.GetFullPath(folder)} holds no run that ended: there is no {Path.GetFileName(DryRunFiles.Summary(folder))}", error);
        }
        catch (JsonException error)
        {
            throw new UsageException($"{Path.GetFullPath(folder)} holds files that are not as a run left them: {error.Message.TrimEnd('.')}", error);
        }
    }

    private static async Task<(IReadOnlyList<BadClipInspection> Looks, string? Note)> LookAsync(
        string folder, DryRunSummary summary, int pictures, ILoggerFactory log, CancellationToken cancellation)
    {
        string faults = DryRunFiles.Faults(folder);
        ClipFaultRecord[] worthwhile = pictures == 0 || !File.Exists(faults) ? []
            : [.. DryRunFiles.ReadFaults(faults).OfType<ClipFaultRecord>().Where(BadClipInspector.IsWorthwhile).Take(BadClipInspector.Most)];
        if (worthwhile.Length == 0)
        {
            return ([], null);
        }

        int workers = new SupervisorOptions().Workers;
        SupervisorOptions guard = BadClipInspector.Hurry(summary.Settings.Guard) with { Workers = workers, MaxWorkers = workers };
        try
        {
            Supervisor supervisor = await Supervisor.StartAsync(guard, log, cancellation).ConfigureAwait(false);
            await using (supervisor.ConfigureAwait(false))
            {
                return (await new BadClipInspector(supervisor, guard.Workers).LookAsync(worthwhile, pictures, cancellation).ConfigureAwait(false), null);
            }
        }
        catch (HelperUnavailableException unavailable)
        {
            // A report may be written on a machine that has no FFmpeg, of what another one has found.
            return ([], $"Bad clips were not looked at once more, so that their codec is not known: {unavailable.Message}");
        }
    }
}
