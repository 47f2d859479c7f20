using ClipGuard.Media;
using ClipGuard.Runs;
using ClipGuard.Supervision;
using ClipGuard.Verdicts;

namespace ClipGuard.DryRuns;

/// <summary>What a dry run decodes clips to, and where its findings go.</summary>
public sealed record DryRunOptions
{
    /// <summary>Folder that receives <c>faults.jsonl</c>, <c>clean.jsonl</c> and <c>summary.json</c>. Made where it does not exist.</summary>
    public required string OutputFolder { get; init; }

    /// <summary>
    /// The file for rows whose clips all decoded; null (the default) is <c>clean.jsonl</c> in <see cref="OutputFolder"/> or, for a table, <c>clean.csv</c>
    /// or <c>clean.tsv</c> with its row of names. Rows that are no text (those of folders and shards) cannot be copied: for them this must be null.
    /// </summary>
    public string? CleanManifest { get; init; }

    /// <summary>How many rows to read from the manifest's start, bad ones included; null (the default) reads all. Positive.</summary>
    public long? Limit { get; init; }

    /// <summary>
    /// What to do where the folder holds a run that did not end. False (the default) goes on with it, or refuses where the manifest or a setting
    /// that verdicts depend on has changed since; true deletes it and starts over.
    /// </summary>
    public bool Fresh { get; init; }

    /// <summary>How the supervisor guards decodes; recorded beside the verdicts.</summary>
    public SupervisorOptions Guard { get; init; } = new();

    /// <summary>How the manifest's relative paths were resolved; recorded beside the verdicts.</summary>
    public Manifests.ManifestOptions Manifest { get; init; } = new();

    /// <summary>
    /// Rows that are left out, as the <c>excluded.jsonl</c> of other dry runs names them; null (the default) for none. Neither counted nor decoded, and in
    /// no file of this run. A run that was interrupted goes on with the same ones only.
    /// </summary>
    public Manifests.ExclusionList? Excluded { get; init; }

    /// <summary>What audio is decoded to.</summary>
    public AudioSpec Audio { get; init; } = new();

    /// <summary>What video is decoded to.</summary>
    public VideoSpec Video { get; init; } = new();

    /// <summary>What images are decoded to.</summary>
    public ImageSpec Image { get; init; } = new();

    /// <summary>What one decode may take.</summary>
    public DecodeLimits Limits { get; init; } = new();

    /// <summary>
    /// Most clips of one kind in a sample, as <see cref="Loading.LoaderOptions.ClipsPerSample"/> of the training to come; a row with more is bad.
    /// Null (the default) for any number. Positive.
    /// </summary>
    public int? ClipsPerSample { get; init; }

    /// <summary>
    /// Rows that may wait for an earlier one whose clip hangs. For tests; 65,536: twice the stall limit at two thousand clips a second.
    /// </summary>
    internal int RowsInFlight { get; init; } = 1 << 16;

    /// <summary>
    /// Rows at the run's beginning that are looked at together: where all their clips are missing or stay unsettled, something around the run is broken, and it
    /// stops. 0 looks at none; default 100.
    /// </summary>
    public int FirstRows { get; init; } = 100;

    /// <summary>Goes on where none of <see cref="FirstRows"/> gives data. Default false.</summary>
    public bool KeepGoing { get; init; }

    /// <summary>
    /// How many rows may give no sample through a fault of theirs, counted in the manifest's order; with more the run stops, and goes on where the next one has
    /// a larger budget. Default <see cref="FailureBudget.Unlimited"/>: to find such rows is what a dry run is for.
    /// </summary>
    public FailureBudget Budget { get; init; } = FailureBudget.Unlimited;

    /// <summary>
    /// Verdicts of earlier runs, which are not come to again, and where this run's are kept; null (the default) for none. Also without one each clip that the
    /// manifest names more than once is decoded once.
    /// </summary>
    public VerdictStoreOptions? Verdicts { get; init; }

    /// <summary>
    /// Where a second decoder is asked, how far values may lie apart: the largest root mean square of the differences within a tenth of a second of audio or
    /// within one picture, as a share of full scale. 0 to 1; default 0.05.
    /// </summary>
    public double DisagreementTolerance { get; init; } = 0.05;

    /// <summary>The spec for a kind of clip.</summary>
    internal ClipSpec SpecFor(ClipKind kind) => kind switch
    {
        ClipKind.Audio => Audio,
        ClipKind.Video => Video,
        ClipKind.Image => Image,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>The settings that verdicts depend on, with this decoder.</summary>
    /// <param name="decoder">The decoder.</param>
    /// <param name="also">The second decoder; null for none.</param>
    /// <param name="format">How the manifest is written; null where its rows are no text.</param>
    internal VerdictSettings VerdictSettings(IGuardedDecoder decoder, IGuardedDecoder? also, Manifests.TextFormat? format) => new()
    {
        ClipGuard = ProductVersion.Text,
        Decoder = decoder.DecoderVersion,
        Isolation = Guard.Isolation,
        Deadline = Guard.Deadline,
        StallLimit = Guard.StallLimit,
        HelperMemoryBytes = Guard.HelperMemoryBytes,
        Sandbox = decoder.Sandbox,
        Fetching = Guard.Fetching,
        Audio = Audio,
        Video = Video,
        Image = Image,
        Limits = Limits,
        Manifest = Manifest,
        ClipsPerSample = ClipsPerSample,
        Also = also?.DecoderVersion,
        DisagreementTolerance = also is null ? null : DisagreementTolerance,
        Exclude = Excluded?.Fingerprint,
        CleanManifest = format is null ? null
            : Path.GetFullPath(CleanManifest ?? Path.Combine(OutputFolder, OutputPaths.CleanName + format.Extension)),
    };
}
