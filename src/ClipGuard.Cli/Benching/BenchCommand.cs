using System.CommandLine;

using ClipGuard.Cli.Logging;
using ClipGuard.Cli.Reports;
using ClipGuard.Cli.Running;
using ClipGuard.Cli.Screens;
using ClipGuard.Cli.Settings;
using ClipGuard.Cli.Verbs;
using ClipGuard.Fetching;
using ClipGuard.Loading;
using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Runs;
using ClipGuard.Supervision;
using ClipGuard.Verdicts;

namespace ClipGuard.Cli.Benching;

/// <summary><c>clipguard bench MANIFEST</c>.</summary>
internal static class BenchCommand
{
    private const int MaxRowsLookedAt = 100_000;

    /// <summary>The command's grammar.</summary>
    public static Verb Build()
    {
        var manifests = new Argument<string[]>("manifest")
        {
            HelpName = "MANIFEST",
            Description = $"{ManifestSettings.Kinds} More than one are read one after the other, or mixed by --weights.",
            Arity = ArgumentArity.OneOrMore,
        };
        return new Verb(
            "bench",
            "Runs the loader as training would, with a consumer that does nothing, and says how fast it is and what held it up.",
            [manifests],
            [
                BenchSettings.Loader, BenchSettings.Passes, BenchSettings.Mixing, BenchSettings.Output, ReportSettings.Wanted, ReportSettings.Page,
                ManifestSettings.Group, ManifestSettings.Exclusion, ManifestSettings.Index, VerdictStoreSettings.Group, .. GuardSettings.All,
                GuardSettings.Ahead, .. SpecSettingGroups.All,
            ],
            invocation => RunAsync(invocation, invocation.CommandLine.GetRequiredValue(manifests)));
    }

    private static async Task<int> RunAsync(Invocation invocation, string[] paths)
    {
        (CommandConsole screen, SettingSources sources) = (invocation.Console, invocation.Sources);
        LoaderOptions options = BenchSettings.Loader.Read(sources) with
        {
            Audio = AudioSettings.Read(sources),
            Video = PictureSettings.ReadVideo(sources),
            Image = PictureSettings.ReadImage(sources),
            Limits = ClipLimitSettings.Group.Read(sources),
            ClipsPerSample = null,
            Budget = FailureBudget.Unlimited,
            Supervision = GuardSettings.Read(sources, paths.FirstOrDefault(FetchSettings.IsS3)),
            Verdicts = ReadStore(sources),
        };
        int epochs = sources.Get(BenchSettings.Epochs, 1);
        var output = new BenchOutput(Console.Out, sources.Get(BenchSettings.Json, false), sources.Get(BenchSettings.Profile, false));
        Action<BatchChecksum>? onBatch = sources.Get(BenchSettings.Checksums, false) ? output.Checksum : null;

        using var stop = new StopSignals(() => screen.Note("stopping; Ctrl-C once more ends at once"));
        using var log = RunLog.Open(invocation.File, outputFolder: null);
        IManifest manifest = OpenManifest(paths, sources, options.Supervision.Fetching);
        options = options with { Excluded = await ManifestSettings.ReadExclusionAsync(sources, stop.Token).ConfigureAwait(false) };
        options = await WithKindsOfAsync(manifest, options, stop.Token).ConfigureAwait(false);
        output.Begin(manifest);
        Supervisor supervisor = await Supervisor.StartAsync(options.Supervision, log.Factory, stop.Token).ConfigureAwait(false);
        await using (supervisor.ConfigureAwait(false))
        {
            ClipLoader loader = await OpenAsync(manifest, options, log, supervisor, stop.Token).ConfigureAwait(false);
            await using (((IAsyncDisposable)loader).ConfigureAwait(false))
            {
                IReadOnlyList<BenchReport> run = await RunAsync(loader, epochs, onBatch, output, stop.Token).ConfigureAwait(false);
                if (sources.Get(ReportSettings.Report, false))
                {
                    string page = ReportSettings.Page.Read(sources).FileIn(Environment.CurrentDirectory);
                    ReportPageWriter.Write(page, BenchReportBuilder.Make(manifest.Name, run));
                    output.Wrote(page);
                }
            }
        }

        return output.FaultsFound ? ExitCode.FaultsFound : ExitCode.Clean;
    }

    private static async Task<ClipLoader> OpenAsync(
        IManifest manifest, LoaderOptions options, RunLog log, Supervisor supervisor, CancellationToken stop)
    {
        try
        {
            return await ClipLoader.OpenAsync(manifest, options, log.Factory, supervisor, cancellation: stop).ConfigureAwait(false);
        }
        catch (SnapshotException refused)
        {
            throw new UsageException(refused.Message);
        }
    }

    private static async Task<IReadOnlyList<BenchReport>> RunAsync(
        ClipLoader loader, int epochs, Action<BatchChecksum>? onBatch, BenchOutput output, CancellationToken stop)
    {
        try
        {
            return await LoaderBench.RunAsync(loader, epochs, onBatch, output.Report, stop).ConfigureAwait(false);
        }
        catch (BadSampleException tooMany)
        {
            // Faults have no limit here, so that it is storage, a server or the machine that stands in the way of most samples.
            throw new UsageException(tooMany.Message);
        }
    }

    // A kind that is asked for is a tensor of zeros in every batch also where no sample has a clip of it, and whoever trains on such samples does not
    // ask for it.
    internal static async Task<LoaderOptions> WithKindsOfAsync(IManifest manifest, LoaderOptions options, CancellationToken cancellation)
    {
        var kinds = new HashSet<ClipKind>();
        int rows = 0;
        bool bad = false;
        await foreach (ManifestRow row in manifest.ReadRowsAsync(cancellation).ConfigureAwait(false))
        {
            kinds.UnionWith(row is SampleRow sample ? sample.Sample.Clips.Select(static clip => clip.Kind) : []);
            bad |= row is BadRow;
            if (++rows == MaxRowsLookedAt || kinds.Count == Enum.GetValues<ClipKind>().Length)
            {
                return options;
            }
        }

        // Bad rows are faults, which the run will count. Rows without a clip are none, and nothing else would be told of them.
        if (kinds.Count == 0)
        {
            return bad ? options : throw new UsageException(NothingIn(manifest.Name, rows));
        }

        return options with
        {
            Audio = kinds.Contains(ClipKind.Audio) ? options.Audio : null,
            Video = kinds.Contains(ClipKind.Video) ? options.Video : null,
            Image = kinds.Contains(ClipKind.Image) ? options.Image : null,
        };
    }

    internal static VerdictStoreOptions? ReadStore(SettingSources sources)
    {
        if (VerdictStoreSettings.Read(sources) is { } store)
        {
            return store with { Root = ManifestSettings.Group.Read(sources).Root };
        }

        return sources.OriginOf(BenchSettings.Snapshot) is null ? null
            : throw new UsageException("--snapshot names a snapshot of a verdict store, and there is none: --verdicts FOLDER names one");
    }

    private static string NothingIn(string manifest, int rows) =>
        rows == 0 ? $"manifest {manifest} has no row" : $"manifest {manifest} names no clip in its {Wording.Count(rows, "row")}";

    internal static IIndexableManifest OpenManifest(string[] paths, SettingSources sources, FetchOptions fetching)
    {
        Array.ForEach(paths, RefuseUnindexable);
        ManifestOptions options = ManifestSettings.Index.Read(sources, ManifestSettings.ReadManifest(sources, fetching)) with { RequireMessages = false };
        IReadOnlyList<double> weights = sources.Get(BenchSettings.Weights, []);
        return weights.Count == 0 ? Manifest.OpenAll(paths, options)
            : weights.Count == paths.Length ? new BlendedManifest(paths.Select((path, number) => (Manifest.Open(path, options), weights[number])))
            : throw new UsageException($"{sources.OriginOf(BenchSettings.Weights)} has {weights.Count} numbers for {Wording.Count(paths.Length, "manifest")}");
    }

    // To read all of a pipe first, to learn then that it cannot be read again, would be late.
    private static void RefuseUnindexable(string path)
    {
        if (path.Length == 0)
        {
            throw new UsageException("no manifest was named");
        }

        if (path == "-" || path == StandardStreams.InputPath)
        {
            throw new UsageException(
                "bench goes over a manifest twice and reads its rows by their places, which standard input does not have: write it into a file and name that");
        }

        if (Manifest.FindObstacle(path) is { } obstacle)
        {
            throw new ManifestException($"manifest {path} cannot be read: {obstacle}");
        }
    }
}
