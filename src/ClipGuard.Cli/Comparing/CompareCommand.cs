using System.CommandLine;

using ClipGuard.Cli.Logging;
using ClipGuard.Cli.Reports;
using ClipGuard.Cli.Running;
using ClipGuard.Cli.Screens;
using ClipGuard.Cli.Settings;
using ClipGuard.Cli.Verbs;
using ClipGuard.Media;
using ClipGuard.Streams;
using ClipGuard.Streams.Comparing;

namespace ClipGuard.Cli.Comparing;

/// <summary><c>clipguard compare REFERENCE DISTORTED</c>, and <c>clipguard compare --manifest FILE</c>.</summary>
internal static class CompareCommand
{
    // What a program writes of half a million frames.
    private const int FramesBytes = 256 << 20;

    /// <summary>The command's grammar.</summary>
    public static Verb Build()
    {
        var clips = new Argument<string[]>("clips")
        {
            HelpName = "REFERENCE DISTORTED",
            Description = "The two clips. Both or, with --manifest, none.",
            Arity = new ArgumentArity(0, 2),
        };
        return new Verb(
            "compare",
            "Measures how far distorted clips are from their references, by ffmpeg, vmaf or a program of yours, which reads them through FIFOs under guard.",
            [clips],
            CompareSettings.All,
            invocation => RunAsync(invocation, invocation.CommandLine.GetValue(clips) ?? []));
    }

    private static async Task<int> RunAsync(Invocation invocation, string[] clips)
    {
        (CommandConsole screen, SettingSources sources) = (invocation.Console, invocation.Sources);
        ComparisonOptions comparison = CompareSettings.ReadComparison(sources);
        StreamOptions guardOptions = CompareSettings.Guard.Read(sources) with { OutputFileBytes = comparison.PerFrame ? FramesBytes : null };
        bool manifest = sources.OriginOf(CompareSettings.Manifest) is not null;
        if (clips.Length != (manifest ? 0 : 2))
        {
            throw new UsageException(
                manifest ? "--manifest names the clips: give no others" : "two clips are needed, REFERENCE and DISTORTED; see clipguard compare --help");
        }

        using var stop = new StopSignals(() => screen.Note("stopping"));
        using var log = RunLog.Open(invocation.File, outputFolder: null);
        try
        {
            StreamGuard guard = Start(guardOptions, log);
            await using (guard.ConfigureAwait(false))
            {
                var comparer = new ClipComparer(guard, comparison);
                bool json = sources.Get(CompareSettings.Json, false);
                return manifest
                    ? await RunManifestAsync(
                        comparer, comparison, await ReadRunAsync(sources, guardOptions, stop.Token).ConfigureAwait(false), screen, sources, stop.Token)
                        .ConfigureAwait(false)
                    : await RunPairAsync(comparer, clips[0], clips[1], CompareSettings.Run.Read(sources).OutputFolder, json, stop.Token)
                        .ConfigureAwait(false);
            }
        }
        catch (FormatException unfit)
        {
            // A placeholder of --tool that stands for nothing, or a stream that it never names.
            throw new UsageException(unfit.Message, unfit);
        }
    }

    private static StreamGuard Start(StreamOptions options, RunLog log)
    {
        try
        {
            return new StreamGuard(options, log.Factory);
        }
        catch (IOException error)
        {
            throw new UsageException($"the temporary folder cannot be used, set TMPDIR to another: {error.Message.TrimEnd('.')}", error);
        }
    }

    private static async Task<int> RunPairAsync(
        ClipComparer comparer, string reference, string distorted, string folder, bool json, CancellationToken stop)
    {
        (reference, distorted) = (Path.GetFullPath(reference), Path.GetFullPath(distorted));
        ComparisonResult result = await comparer.CompareAsync(new FileSource(reference), new FileSource(distorted), stop).ConfigureAwait(false);
        Console.Out.WriteLine(json ? ComparisonFormatter.Json(reference, distorted, result) : ComparisonFormatter.Text(result));
        if (comparer.IsPerFrame && result.Outcome.IsSuccess)
        {
            WriteFrames(Path.Combine(folder, ManifestComparison.FramesName), result);
        }

        return result.Outcome.IsSuccess ? ExitCode.Clean : ExitCode.FaultsFound;
    }

    private static void WriteFrames(string path, ComparisonResult result)
    {
        if (result.Frames is not { } frames)
        {
            throw new UsageException("the scores of the frames are more than is kept of what the program wrote");
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllLines(path, frames.ToCsv(0).Prepend(frames.CsvHeader));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"cannot write {path}: {error.Message.TrimEnd('.')}", error);
        }
    }

    private static async Task<int> RunManifestAsync(
        ClipComparer comparer,
        ComparisonOptions comparison,
        ManifestComparisonOptions options,
        CommandConsole screen,
        SettingSources sources,
        CancellationToken stop)
    {
        bool json = sources.Get(CompareSettings.Json, false);
        var run = new ManifestComparison(comparer, options);
        await screen.ForProgress().ShowAsync(new ShownComparisonProgress(run.Progress), run.RunAsync(stop)).ConfigureAwait(false);
        Console.Out.WriteLine(json ? ComparisonFormatter.Json(run, options) : ComparisonFormatter.Text(run, options, comparer.IsPerFrame));
        if (run.ScoredCount + run.FaultCount == 0)
        {
            throw new UsageException($"manifest {options.ManifestPath} has no row");
        }

        new ComparisonSummary
        {
            Manifest = options.ManifestPath,
            Measure = comparison.Tool?.ToString() ?? Wording.Lower(comparison.Metric),
            ReferenceColumn = options.ReferenceColumn,
            DistortedColumn = options.DistortedColumn,
            Scored = run.ScoredCount,
            Faults = run.FaultCount,
            Statistics = run.Statistics,
        }.Write(options.OutputFolder);
        if (sources.Get(ReportSettings.Report, false))
        {
            string report = ReportCommand.WriteComparison(options.OutputFolder, ReportSettings.ReadWithoutLooks(sources));
            if (!json)
            {
                Console.Out.WriteLine(ReportCommand.Told(report));
            }
        }

        return run.FaultCount > 0 ? ExitCode.FaultsFound : ExitCode.Clean;
    }

    private static async Task<ManifestComparisonOptions> ReadRunAsync(SettingSources sources, StreamOptions guard, CancellationToken stop) =>
        CompareSettings.Run.Read(sources) with
        {
            Pairs = guard.Runs,
            Excluded = await ManifestSettings.ReadExclusionAsync(sources, stop).ConfigureAwait(false),
        };
}
