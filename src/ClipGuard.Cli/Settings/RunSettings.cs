using ClipGuard.DryRuns;
using ClipGuard.Fetching;
using ClipGuard.Manifests;
using ClipGuard.Manifests.Sharding;

namespace ClipGuard.Cli.Settings;

/// <summary>Where a run reads and writes.</summary>
internal static class RunSettings
{
    public const string DefaultOut = "clipguard-out";

    /// <summary>What may be named as a manifest.</summary>
    public const string ManifestKinds =
        "JSON Lines or a JSON array in ms-swift's format, CSV, TSV, a folder, or tar shards; several as 'train-{000..099}.tar' or 'part-*.jsonl'. "
        + "Files may be at s3:// addresses.";

    public static readonly SettingGroup General = new("General");

    /// <summary>Names the configuration file, and so cannot be a key in it.</summary>
    public static readonly Setting<string> Config = General.Value(
        "config",
        "FILE",
        "JSON file whose keys are these options, audioRate for --audio-rate, and a section Serilog for the log. Default: none.",
        text => text,
        places: SettingPlaces.Environment);

    public static readonly SettingGroup<DryRunOptions> Output = new("Output", new DryRunOptions { OutputFolder = Path.GetFullPath(DefaultOut) });

    public static readonly Setting<string> Out = Output.Value(
        "out",
        "FOLDER",
        $"Receives the files of findings and the log, default {DefaultOut}. A run that was interrupted there goes on.",
        SettingTextParser.FilePath,
        (run, folder) => run with { OutputFolder = folder });

    public static readonly Setting<string> Clean = Output.Value(
        "clean",
        "FILE",
        "Receives the rows all of whose clips decoded, default clean.jsonl (of a table clean.csv, clean.tsv) in the output folder.",
        SettingTextParser.FilePath,
        (run, file) => run with { CleanManifest = file });

    public static readonly Setting<bool> Fresh = Output.Flag(
        "fresh",
        "Start over where the output folder holds a run that was interrupted.",
        (run, fresh) => run with { Fresh = fresh });

    /// <summary>What a merge can be told: where the clean rows go; null for the folder itself.</summary>
    public static readonly SettingGroup<string?> Merged = new(Output.Heading, null);

    public static readonly SettingGroup Exiting = new(Output.Heading);

    public static readonly Setting<bool> FaultsAreSuccess = Exiting.Flag(
        "faults-are-success",
        "End with exit code 0 also where clips or rows are faulty, for a scheduler to which any other code is a failed job.");

    public static readonly SettingGroup<ManifestOptions> Manifest = new("Manifest", FetchSettings.Permission.Unset);

    public static readonly Setting<string> Root = Manifest.Value(
        "root",
        "FOLDER",
        "Where relative paths are tried first; then come ROOT_IMAGE_DIR, the manifest's folder and the current folder. May be an s3:// address.",
        text => FetchSettings.IsS3(text) ? text : SettingTextParser.FilePath(text),
        (manifest, folder) => manifest with { Root = folder });

    public static readonly Setting<MediaCounting> Tags = Manifest.Value(
        "tags",
        "HOW",
        "'lenient' (default) as ms-swift, or 'strict': as many tags as clips, as LLaMA-Factory.",
        SettingTextParser.OneOf(("lenient", MediaCounting.Lenient), ("strict", MediaCounting.Strict)),
        (manifest, counting) => manifest with { Counting = counting });

    public static readonly Setting<Dictionary<string, string>> Columns = Manifest.Value(
        "columns",
        "NAMES",
        "What keys of rows or columns of a table mean where their names do not say it, as 'video_path=video,caption=response'.",
        ReadColumns,
        (manifest, columns) => manifest with { Columns = columns });

    /// <summary>For commands that read rows by their places.</summary>
    public static readonly SettingGroup<ManifestOptions> Index = new(Manifest.Heading, Manifest.Unset);

    public static readonly Setting<string> IndexCache = Index.Value(
        "index-cache",
        "FOLDER",
        "Keeps indexes of large manifests, so that they are read once; 'off' keeps none. Default: clipguard/indexes in XDG_CACHE_HOME or ~/.cache.",
        text => text == "off" ? text : SettingTextParser.FilePath(text),
        (manifest, folder) => manifest with { IndexCacheFolder = folder == "off" ? null : folder });

    public static readonly Setting<bool> Verify = Index.Flag(
        "verify",
        "Read manifests as a whole also where their index is kept, and index them anew.",
        (manifest, verify) => manifest with { VerifyIndex = verify });

    /// <summary>Which rows every verb that reads a manifest leaves out.</summary>
    public static readonly SettingGroup Exclusion = new(Manifest.Heading);

    public static readonly Setting<IReadOnlyList<string>> Exclude = Exclusion.List(
        "exclude",
        "FILE",
        "Leave out the rows that this excluded.jsonl of a dry run names; may be given several times.",
        SettingTextParser.FilePath);

    public static readonly SettingGroup<DryRunOptions> Rows = new(Manifest.Heading, Output.Unset);

    /// <summary>What rows are called in findings.</summary>
    public static readonly SettingGroup<ManifestOptions> Naming = new(Manifest.Heading, Manifest.Unset);

    public static readonly Setting<string> IdField = Naming.Value(
        "id-field",
        "NAME",
        "The field in which a row has its own id, which the files of findings then have beside its line. Default: none; of shards a sample's key.",
        static text => text,
        static (manifest, field) => manifest with { IdField = field });

    public static readonly Setting<long> Limit = Rows.Value(
        "limit", "N", "Read only the first N rows.", SettingTextParser.LongCount, (run, rows) => run with { Limit = rows });

    /// <summary>Null for the one that the launcher's variables tell.</summary>
    public static readonly Setting<ShardNumber?> Shard = Rows.Value<ShardNumber?>(
        "shard",
        "I/N",
        "Read only the I-th of N equal parts, counted from 0, into a folder of its own below --out; 'clipguard merge' puts them together. "
            + "'auto' takes the number from Slurm, Kubernetes, torchrun or MPI.",
        static text => text == "auto" ? null : ShardNumber.Parse(text),
        SettingPlaces.Environment);

    public static readonly Setting<int> ClipsPerSample = Rows.Value(
        "clips-per-sample",
        "N",
        "Most clips of one kind in a sample, as in training; a row with more is bad. Default: any number.",
        SettingTextParser.Count,
        (run, clips) => run with { ClipsPerSample = clips });

    public static readonly SettingGroup<DryRunOptions> Stopping = new("Stopping early", Output.Unset);

    public static readonly Setting<int> FirstRows = Stopping.Value(
        "first-rows",
        "N",
        $"Stop where all clips of the first N rows are missing or stay unsettled, default {Output.Unset.FirstRows}.",
        SettingTextParser.Count,
        (run, rows) => run with { FirstRows = rows, Budget = run.Budget with { Probation = rows } });

    public static readonly Setting<bool> KeepGoing = Stopping.Flag(
        "keep-going",
        "Go on where none of the first rows gives data.",
        (run, keepGoing) => run with { KeepGoing = keepGoing });

    public static readonly Setting<long> MaxFaults = Stopping.Value(
        "max-faults",
        "N",
        "Stop at more faulty rows than N. Default: any number.",
        SettingTextParser.LongCount,
        (run, faults) => run with { Budget = run.Budget with { MaxFaults = faults } });

    public static readonly Setting<double> MaxFaultRate = Stopping.Value(
        "max-fault-rate",
        "SHARE",
        "Stop at a larger share of faulty rows, once the first rows were tried. Default 1, which is none too large.",
        SettingTextParser.Share,
        (run, share) => run with { Budget = run.Budget with { MaxRate = share } });

    static RunSettings() => Merged.Also(Clean, static (_, file) => file);

    /// <summary>How the manifest is read.</summary>
    /// <param name="sources">Where settings come from.</param>
    /// <param name="fetching">How what lies at addresses is fetched.</param>
    public static ManifestOptions ReadManifest(SettingSources sources, FetchOptions fetching) =>
        Naming.Read(sources, FetchSettings.Permission.Read(sources, Manifest.Read(sources))) with { Fetching = fetching };

    /// <summary>Where a dry run writes, how many rows it reads and where it stops.</summary>
    public static DryRunOptions ReadDryRun(SettingSources sources) => Stopping.Read(sources, Rows.Read(sources, Output.Read(sources)));

    /// <summary>The rows that are to be left out; null for none.</summary>
    /// <exception cref="ManifestException">A list cannot be read.</exception>
    public static async Task<ExclusionList?> ReadExclusionAsync(SettingSources sources, CancellationToken cancellation) =>
        sources.Get(Exclude, []) is { Count: > 0 } files ? await ExclusionList.ReadAsync(files, cancellation).ConfigureAwait(false) : null;

    private static Dictionary<string, string> ReadColumns(string text)
    {
        var columns = new Dictionary<string, string>();
        foreach (string pair in text.Split(','))
        {
            string[] names = pair.Split('=');
            if (names.Length != 2 || names.Any(string.IsNullOrWhiteSpace) || !columns.TryAdd(names[0].Trim(), names[1].Trim()))
            {
                throw new FormatException(
                    $"'{text}' is no list of names and their meanings, each name once, such as video_path=video,caption=response");
            }
        }

        return columns;
    }
}
