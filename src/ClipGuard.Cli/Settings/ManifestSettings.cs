using ClipGuard.DryRuns;
using ClipGuard.Fetching;
using ClipGuard.Manifests;
using ClipGuard.Manifests.Sharding;

namespace ClipGuard.Cli.Settings;

/// <summary>How manifests are read, and which of their rows.</summary>
internal static class ManifestSettings
{
    /// <summary>What may be named as a manifest.</summary>
    public const string Kinds =
        "JSON Lines or a JSON array in ms-swift's format, CSV, TSV, a folder, or tar shards; several as 'train-{000..099}.tar' or 'part-*.jsonl'. "
        + "Files may be at s3:// addresses.";

    public static readonly SettingGroup<ManifestOptions> Group = new("Manifest", FetchSettings.Permission.Unset);

    public static readonly Setting<string> Root = Group.Value(
        "root",
        "FOLDER",
        "Existing folder where relative paths are tried first; then come ROOT_IMAGE_DIR, the manifest's folder and the current one. May be an s3:// address.",
        text => FetchSettings.IsS3(text) ? text : SettingTextParser.FilePath(text),
        (manifest, folder) => manifest with { Root = folder });

    public static readonly Setting<MediaCounting> Tags = Group.Value(
        "tags",
        "HOW",
        "'lenient' (default) as ms-swift, or 'strict': as many tags as clips, as LLaMA-Factory.",
        SettingTextParser.OneOf(("lenient", MediaCounting.Lenient), ("strict", MediaCounting.Strict)),
        (manifest, counting) => manifest with { Counting = counting });

    public static readonly Setting<Dictionary<string, string>> Columns = Group.Value(
        "columns",
        "NAMES",
        "What keys of rows or columns of a table mean where their names do not say it, as 'video_path=video,caption=response'.",
        ReadColumns,
        (manifest, columns) => manifest with { Columns = columns });

    /// <summary>For commands that read rows by their places.</summary>
    public static readonly SettingGroup<ManifestOptions> Index = new(Group.Heading, Group.Unset);

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
    public static readonly SettingGroup Exclusion = new(Group.Heading);

    public static readonly Setting<IReadOnlyList<string>> Exclude = Exclusion.List(
        "exclude",
        "FILE",
        "Leave out the rows that this excluded.jsonl of a dry run names; may be given several times.",
        SettingTextParser.FilePath);

    public static readonly SettingGroup<DryRunOptions> Rows = new(Group.Heading, OutputSettings.Group.Unset);

    /// <summary>What rows are called in findings.</summary>
    public static readonly SettingGroup<ManifestOptions> Naming = new(Group.Heading, Group.Unset);

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
        AllowedSources.Environment);

    public static readonly Setting<int> ClipsPerSample = Rows.Value(
        "clips-per-sample",
        "N",
        "Most clips of one kind in a sample, as in training; a row with more is bad. Default: any number.",
        SettingTextParser.Count,
        (run, clips) => run with { ClipsPerSample = clips });

    /// <summary>How the manifest is read.</summary>
    /// <param name="sources">Where settings come from.</param>
    /// <param name="fetching">How what lies at addresses is fetched.</param>
    public static ManifestOptions ReadManifest(SettingSources sources, FetchOptions fetching) =>
        Naming.Read(sources, FetchSettings.Permission.Read(sources, Group.Read(sources))) with { Fetching = fetching };

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
