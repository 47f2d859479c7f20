using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.DryRuns;

/// <summary>What a dry run decodes clips to, and where it leaves what it found.</summary>
public sealed record DryRunOptions
{
    /// <summary>Folder that receives <c>faults.jsonl</c>, <c>clean.jsonl</c> and <c>summary.json</c>. Made where it does not exist.</summary>
    public required string OutputFolder { get; init; }

    /// <summary>
    /// Where the rows go all of whose clips decoded; null (the default) is <c>clean.jsonl</c> in <see cref="OutputFolder"/> or, for a table, <c>clean.csv</c>
    /// or <c>clean.tsv</c> with its row of names. Where rows are no text, as those of folders and shards, there is no such file and this must be null.
    /// </summary>
    public string? CleanManifest { get; init; }

    /// <summary>Rows to read from the manifest's start, bad ones included; null (the default) reads them all. Positive.</summary>
    public long? Limit { get; init; }

    /// <summary>
    /// What to do where the folder holds a run that did not end. False (the default) goes on from there, and refuses where the manifest or a setting
    /// that verdicts depend on has changed since; true throws that run away and starts over.
    /// </summary>
    public bool Fresh { get; init; }

    /// <summary>How the supervisor guards decodes; recorded beside the verdicts.</summary>
    public SupervisorOptions Guard { get; init; } = new();

    /// <summary>How the manifest's relative paths were resolved; recorded beside the verdicts.</summary>
    public Manifests.ManifestOptions Manifest { get; init; } = new();

    /// <summary>What audio is decoded to.</summary>
    public AudioSpec Audio { get; init; } = new();

    /// <summary>What video is decoded to.</summary>
    public VideoSpec Video { get; init; } = new();

    /// <summary>What images are decoded to.</summary>
    public ImageSpec Image { get; init; } = new();

    /// <summary>What one clip may ask for.</summary>
    public DecodeLimits Limits { get; init; } = new();

    /// <summary>
    /// Most clips of one kind in a sample, as <see cref="Loading.LoaderOptions.ClipsPerSample"/> of the training to come; a row with more is bad.
    /// Null (the default) for any number. Positive.
    /// </summary>
    public int? ClipsPerSample { get; init; }

    /// <summary>The spec for a kind of clip.</summary>
    internal ClipSpec SpecFor(ClipKind kind) => kind switch
    {
        ClipKind.Audio => Audio,
        ClipKind.Video => Video,
        ClipKind.Image => Image,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>What verdicts depend on, with this decoder.</summary>
    /// <param name="decoder">Who decodes.</param>
    /// <param name="format">How the manifest is written; null where its rows are no text.</param>
    internal VerdictSettings VerdictSettings(GuardedDecoder decoder, Manifests.TextFormat? format) => new()
    {
        ClipGuard = ProductVersion.Text,
        Decoder = decoder.Version,
        Isolation = Guard.Isolation,
        Deadline = Guard.Deadline,
        StallLimit = Guard.StallLimit,
        HelperMemoryBytes = Guard.HelperMemoryBytes,
        Sandbox = decoder.Sandbox(),
        Fetching = Guard.Fetching,
        Audio = Audio,
        Video = Video,
        Image = Image,
        Limits = Limits,
        Manifest = Manifest,
        ClipsPerSample = ClipsPerSample,
        CleanManifest = format is null ? null : Path.GetFullPath(CleanManifest ?? Path.Combine(OutputFolder, Runs.OutputFolder.CleanName + format.Extension)),
    };
}
