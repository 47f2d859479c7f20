using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Runs;

namespace ClipGuard.Loading;

/// <summary>
/// Where a loader is in its epoch, as small JSON. A loader that resumes from it yields exactly the batches that are left. It holds no sample.
/// </summary>
public sealed record LoaderState
{
    /// <summary>The version that this library writes and reads.</summary>
    public const int CurrentVersion = 5;

    /// <summary>Version of this form.</summary>
    [JsonRequired]
    public int Version { get; init; } = CurrentVersion;

    /// <summary>
    /// The manifest's fingerprint when the loader was opened: over the content of all rows where it is indexed (<see cref="IndexedRows.Fingerprint"/>),
    /// otherwise over what can be read without reading all of it (<see cref="IManifest.FingerprintAsync"/>).
    /// </summary>
    [JsonRequired]
    public string Manifest { get; init; } = string.Empty;

    /// <summary>Of the loader.</summary>
    [JsonRequired]
    public int Seed { get; init; }

    /// <summary>The order of the rows.</summary>
    [JsonRequired]
    public ShuffleMode Shuffle { get; init; }

    /// <summary>Rows in a shuffle window; 0 where there are no windows.</summary>
    [JsonRequired]
    public int ShuffleWindow { get; init; }

    /// <summary>The name of the size that samples are put into buckets by, and the batches in a window; null without buckets.</summary>
    public string? Buckets { get; init; }

    /// <summary>The fingerprint of <see cref="LoaderOptions.Excluded"/>; null where nothing is left out by a list.</summary>
    public string? Excluded { get; init; }

    /// <summary>0-based.</summary>
    [JsonRequired]
    public int Epoch { get; init; }

    /// <summary>The parts of this epoch that were consumed with other numbers of ranks or other batch sizes, oldest first.</summary>
    [JsonRequired]
    public IReadOnlyList<ResumeSegment> ResumeSegments { get; init; } = [];

    /// <summary>Number of ranks now.</summary>
    [JsonRequired]
    public int World { get; init; } = 1;

    /// <summary>The rank whose state this is.</summary>
    [JsonRequired]
    public int Rank { get; init; }

    /// <summary>Samples in a batch of one rank; 1 where <see cref="BySize"/> says what bounds it.</summary>
    [JsonRequired]
    public int BatchSize { get; init; }

    /// <summary>What bounds batches by size, and from where on they are planned; null where batches have a number of samples.</summary>
    public BatchBySizeState? BySize { get; init; }

    /// <summary>Batches that this rank has consumed since the last segment.</summary>
    [JsonRequired]
    [JsonPropertyName("consumed")]
    public long ConsumedCount { get; init; }

    /// <summary>
    /// Numbers of the batches that are consumed above <see cref="ConsumedCount"/>, ascending: with <see cref="LoaderOptions.InOrder"/> there are none.
    /// </summary>
    [JsonRequired]
    public IReadOnlyList<long> ConsumedAhead { get; init; } = [];

    /// <summary>
    /// The id of the snapshot of a verdict store whose clips are left out of this epoch (<see cref="LoaderOptions.Snapshot"/>); null for none.
    /// </summary>
    public string? Snapshot { get; init; }

    /// <summary>A hash of <see cref="LoaderOptions.ExcludedLines"/>; null where there are none.</summary>
    public string? GivenLines { get; init; }

    /// <summary>
    /// Lines that are excluded from this epoch because they failed in earlier ones, ascending: frozen when it began. Empty without
    /// <see cref="LoaderOptions.ExcludeFailed"/>, and where there is a verdict store, whose snapshot stands for them.
    /// </summary>
    [JsonRequired]
    public IReadOnlyList<ManifestLineReference> ExcludedLines { get; init; } = [];

    /// <summary>
    /// Lines that failed in the batches consumed so far, ascending: the next epoch excludes them.
    /// Empty without <see cref="LoaderOptions.ExcludeFailed"/>, and where there is a verdict store.
    /// </summary>
    [JsonRequired]
    public IReadOnlyList<ManifestLineReference> FailedLines { get; init; } = [];

    /// <summary>Rows that were tried for the batches consumed since the last segment: what <see cref="FailureBudget"/> counts.</summary>
    [JsonRequired]
    [JsonPropertyName("rowsTried")]
    public long TriedRowCount { get; init; }

    /// <summary>How many of them gave no sample.</summary>
    [JsonRequired]
    [JsonPropertyName("faults")]
    public long FaultCount { get; init; }

    /// <summary>How many of them gave none for a reason that was not theirs; not among <see cref="FaultCount"/>.</summary>
    [JsonRequired]
    [JsonPropertyName("unsettled")]
    public long UnsettledCount { get; init; }

    /// <inheritdoc/>
    public override string ToString() => RecordPrinting.Of(this);

    // More ranks than any machine has, and more samples than any epoch: sums of what is below stay in range.
    private const int MaxWorld = 1 << 20;
    private const long MaxSamples = 1L << 60;

    // What ranks have consumed is compared sample by sample, so they must not be further apart than fits in memory.
    internal const long MaxSamplesApart = 1L << 27;

    /// <summary>Which of its numbers are impossible; null where none are.</summary>
    [JsonIgnore]
    internal string? Flaw => World < 1 || Rank < 0 || Rank >= World || World > MaxWorld ? $"rank {Rank} of a world of {World}"
        : BatchSize < 1 ? $"a batch size of {BatchSize}"
        : BySize is not null && !BySize.IsPossible(ConsumedCount, MaxSamples) ? "batches by size that cannot be"
        : ResumeSegments.Any(segment => segment is not null && segment.BySize?.Size != BySize?.Size) ? "segments whose batches were bounded by something else"
        : Epoch < 0 || ConsumedCount < 0 || TriedRowCount < 0 || FaultCount < 0 || UnsettledCount < 0 || ShuffleWindow < 0 ? "a negative count"
        : FaultCount + UnsettledCount > TriedRowCount ? $"{FaultCount + UnsettledCount} failures in {TriedRowCount} tries"
        : ConsumedCount > MaxSamples / World / BatchSize ? $"{ConsumedCount} batches consumed, more than any epoch has"
        : ConsumedAhead.Any(batch => batch > MaxSamples / World / BatchSize) ? "batches consumed that are beyond any epoch's end"
        : !IsAscending(ConsumedAhead) ? "batches consumed ahead that do not ascend"
        : ExcludedLines.Concat(FailedLines).Any(static line => line.Line < 1) ? "a line before the first"
        : ResumeSegments.Any(segment => segment is { IsValid: true } && segment.Reaches(MaxSamples, MaxSamplesApart))
            ? "a segment of more samples than any epoch has"
        : ConsumedAhead.Any(batch => batch <= ConsumedCount) ? $"batches consumed ahead of the first {ConsumedCount} that are among them"
        : ResumeSegments.Any(static segment => segment is not { IsValid: true }) ? "a segment whose numbers do not fit its ranks"
        : null;

    private static bool IsAscending(IReadOnlyList<long> numbers) => numbers.Zip(numbers.Skip(1)).All(static pair => pair.First < pair.Second);

    /// <summary>The state as JSON on one line.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, LoaderStateJson.Default.LoaderState);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="FormatException">It is something else, or of another version.</exception>
    public static LoaderState Parse(string json)
    {
        LoaderState? state;
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("version", out JsonElement version)
                && version.GetRawText() != CurrentVersion.ToString(CultureInfo.InvariantCulture))
            {
                throw new FormatException($"The loader state is of version {version}; this library reads version {CurrentVersion}.");
            }

            state = document.Deserialize(LoaderStateJson.Default.LoaderState);
        }
        catch (JsonException error)
        {
            throw new FormatException($"This is no loader state: {error.Message}", error);
        }

        if (state is null)
        {
            throw new FormatException("This is no loader state.");
        }

        return state.Flaw is { } flaw ? throw new FormatException($"This is no loader state: it has {flaw}.") : state;
    }

    /// <summary>
    /// Writes the state to a file. Whenever the process or the machine ends, the file holds this state or the one before.
    /// </summary>
    /// <param name="path">The file; <c>PATH.new</c> beside it is written first and then renamed.</param>
    /// <param name="cancellation">Leaves the file as it was.</param>
    public async Task SaveAsync(string path, CancellationToken cancellation = default)
    {
        string next = path + ".new";
        var file = new FileStream(next, FileMode.Create, FileAccess.Write, FileShare.None);
        await using (file.ConfigureAwait(false))
        {
            await file.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(this, LoaderStateJson.Default.LoaderState), cancellation).ConfigureAwait(false);

            // Otherwise the renaming could reach the disk before the content does.
            file.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
    }

    /// <summary>Reads what <see cref="SaveAsync"/> wrote.</summary>
    /// <exception cref="FormatException">It is something else, or of another version.</exception>
    public static async Task<LoaderState> LoadAsync(string path, CancellationToken cancellation = default) =>
        Parse(await File.ReadAllTextAsync(path, cancellation).ConfigureAwait(false));
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(LoaderState))]
internal sealed partial class LoaderStateJson : JsonSerializerContext;
