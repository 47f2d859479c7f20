using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClipGuard.Loading;

/// <summary>
/// Where a loader is in its epoch, as small JSON. A loader that resumes from it yields exactly the batches that are left. It holds no sample.
/// </summary>
public sealed record LoaderState
{
    /// <summary>The version that this library writes and reads.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Version of this form.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>Fingerprint of the manifest; its name where it is not indexed.</summary>
    public string Manifest { get; init; } = string.Empty;

    /// <summary>Of the loader.</summary>
    public int Seed { get; init; }

    /// <summary>The order of the rows.</summary>
    public RowShuffle Shuffle { get; init; }

    /// <summary>Rows in a shuffle window; 0 where there are no windows.</summary>
    public int ShuffleWindow { get; init; }

    /// <summary>0-based.</summary>
    public int Epoch { get; init; }

    /// <summary>What was consumed of this epoch with other numbers of ranks or other batch sizes, oldest first.</summary>
    public IReadOnlyList<PlanLeg> Legs { get; init; } = [];

    /// <summary>Number of ranks now.</summary>
    public int World { get; init; } = 1;

    /// <summary>The rank whose state this is.</summary>
    public int Rank { get; init; }

    /// <summary>Samples in a batch of one rank.</summary>
    public int BatchSize { get; init; }

    /// <summary>Batches that this rank has consumed since the last leg.</summary>
    public long Consumed { get; init; }

    /// <summary>Numbers of batches consumed beyond the first that was not, ascending: with <see cref="LoaderOptions.InOrder"/> there are none.</summary>
    public IReadOnlyList<long> ConsumedAhead { get; init; } = [];

    /// <summary>Lines that this epoch leaves out, ascending: frozen when it began.</summary>
    public IReadOnlyList<long> LeftOutLines { get; init; } = [];

    /// <summary>The state as JSON on one line.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, LoaderStateJson.Default.LoaderState);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="FormatException">It is something else, or of another version.</exception>
    public static LoaderState Parse(string json)
    {
        LoaderState? state;
        try
        {
            state = JsonSerializer.Deserialize(json, LoaderStateJson.Default.LoaderState);
        }
        catch (JsonException error)
        {
            throw new FormatException($"This is no loader state: {error.Message}", error);
        }

        if (state is not { Version: CurrentVersion })
        {
            throw new FormatException($"The loader state is of version {state?.Version}; this library reads version {CurrentVersion}.");
        }

        return state;
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(LoaderState))]
internal sealed partial class LoaderStateJson : JsonSerializerContext;
