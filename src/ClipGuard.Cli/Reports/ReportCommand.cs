using System.CommandLine;
using System.Text.Json;

using ClipGuard.Cli.Logging;
using ClipGuard.Cli.Running;
using ClipGuard.Cli.Screens;
using ClipGuard.Cli.Verbs;

namespace ClipGuard.Cli.Reports;

/// <summary><c>clipguard report OUT</c>.</summary>
internal static class ReportCommand
{
    /// <summary>The command's grammar.</summary>
    public static Verb Build()
    {
        var folder = new Argument<string>("folder") { HelpName = "OUT", Description = "The output folder of a dry run, a merge or a comparison." };
        return new Verb(
            "report",
            "Writes what a run has found as one HTML file, to look at and to send on.",
            [folder],
            [ReportSettings.Page, ReportSettings.Group, ReportSettings.Looks],
            invocation => RunAsync(invocation, invocation.CommandLine.GetRequiredValue(folder)));
    }

    private static async Task<int> RunAsync(Invocation invocation, string folder)
    {
        using var stop = new StopSignals(() => invocation.Console.Note("stopping; Ctrl-C once more ends at once"));
        using var log = RunLog.Open(invocation.File, outputFolder: null);
        ReportOptions options = ReportSettings.Read(invocation.Sources);
        string path = File.Exists(Path.Combine(folder, ComparisonSummary.FileName))
            ? WriteComparison(folder, options)
            : await DryRunReportWriter.WriteAsync(folder, options, log.Factory, stop.Token).ConfigureAwait(false);
        Console.Out.WriteLine(Told(path));
        return ExitCode.Clean;
    }

    /// <summary>Writes the report of a comparison.</summary>
    /// <exception cref="UsageException">The folder holds none.</exception>
    public static string WriteComparison(string folder, ReportOptions options)
    {
        try
        {
            ComparisonSummary summary = ComparisonSummary.Read(folder)
                ?? throw new UsageException($"{Path.GetFullPath(folder)} holds no comparison: there is no {ComparisonSummary.FileName}");
            string path = options.FileIn(folder);
            ReportPageWriter.Write(path, ComparisonReportBuilder.Make(folder, summary, options.Rows));
            return path;
        }
        catch (JsonException error)
        {
            throw new UsageException($"{Path.GetFullPath(folder)} holds files that are not as a comparison left them: {error.Message.TrimEnd('.')}", error);
        }
    }

    /// <summary>Says where a report is.</summary>
    public static string Told(string path) =>
        $"Report      {PrintableText.Line(path)} ({Wording.Number(Math.Ceiling(new FileInfo(path).Length / 1024.0))} KiB)";
}
