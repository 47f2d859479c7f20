using System.Text.Json;
using System.Text.Json.Serialization;

using ClipGuard.Manifests.Sharding;
using ClipGuard.Runs;

namespace ClipGuard.DryRuns;

/// <summary>
/// What a run of one share of a manifest leaves in its folder as <c>shard.json</c> once it is whole: what a merge has to know beside the files of its findings.
/// </summary>
internal sealed record ShardRecord
{
    /// <summary>The layout that is written and read.</summary>
    public const int CurrentVersion = 1;

    [JsonPropertyName("clipguardShard")]
    public int Version { get; init; } = CurrentVersion;

    public required ShardNumber Shard { get; init; }

    public required ShardExtent Extent { get; init; }

    /// <summary>The share's lines, where those of its records count from its own beginning; null where they are the whole manifest's.</summary>
    public required long? Lines { get; init; }

    /// <summary>Whether that is so of lines within a row's file too.</summary>
    public required bool CountsLinesOfFiles { get; init; }

    public required ShardManifest Manifest { get; init; }

    public required VerdictSettings Settings { get; init; }

    /// <summary>Bytes of each file of findings, by its name.</summary>
    public required IReadOnlyDictionary<string, long> FileBytes { get; init; }

    /// <summary>Bytes at the start of the clean rows that are no rows: a table's row of names.</summary>
    public required int CleanHeaderBytes { get; init; }

    /// <summary>Rows of the whole manifest that were to be left out, each of which is in one share.</summary>
    public long RowsToLeaveOut { get; init; }

    /// <summary>Clips that were refused by their references, each of which is a clip of its own.</summary>
    public long Refused { get; init; }

    /// <summary>Reads what a run left.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Null where there is none, or one of another version.</returns>
    /// <exception cref="OutputException">It cannot be read.</exception>
    public static ShardRecord? Read(string path)
    {
        try
        {
            ShardRecord? found = File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), RecordLayout.Readable.ShardRecord) : null;
            return found?.Version == CurrentVersion ? found : null;
        }
        catch (Exception error) when (error is JsonException || OutputException.IsFileError(error))
        {
            throw new OutputException($"{path} cannot be read ({error.Message}): run this shard again", error);
        }
    }
}

/// <summary>Which manifest a share is of, and what was in it.</summary>
/// <param name="Name">Its path.</param>
/// <param name="File">Its length and time, where it is one file.</param>
/// <param name="Fingerprint">Of its content.</param>
internal sealed record ShardManifest(string Name, ManifestIdentity? File, string Fingerprint)
{
    /// <summary>Looks at a manifest as it is now.</summary>
    public static async Task<ShardManifest> OfAsync(Manifests.IManifest manifest, CancellationToken cancellation) => new(
        manifest.Name, ManifestIdentity.Of(manifest.Name), await manifest.FingerprintAsync(cancellation).ConfigureAwait(false));

    /// <summary>What differs between two looks at a manifest, in words; null where nothing does.</summary>
    public static string? Difference(ShardManifest before, ShardManifest now) =>
        before.Name != now.Name ? $"the manifest was {before.Name} and is {now.Name}"
        : before.File?.Bytes != now.File?.Bytes ? $"the manifest had {before.File?.Bytes ?? 0} bytes and has {now.File?.Bytes ?? 0}"
        : before.File?.ModifiedUtc != now.File?.ModifiedUtc ? $"the manifest was written at {before.File?.ModifiedUtc:u} and at {now.File?.ModifiedUtc:u}"
        : before.Fingerprint != now.Fingerprint ? "the manifest's content differs, though its size and time do not"
        : null;
}
