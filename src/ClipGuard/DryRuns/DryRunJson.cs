using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.DryRuns;

/// <summary>How a dry run's files are written: camelCase, enums as words, and other alphabets as they are, for these files are read by people and by grep.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [
        typeof(LowerCaseEnumConverter<ClipKind>),
        typeof(LowerCaseEnumConverter<DecodeStage>),
        typeof(LowerCaseEnumConverter<UnsettledCause>),
        typeof(LowerCaseEnumConverter<SandboxLevel>),
        typeof(LowerCaseEnumConverter<Isolation>),
    ],
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(ClipFaultRecord))]
[JsonSerializable(typeof(BadLineRecord))]
[JsonSerializable(typeof(UnsettledRecord))]
[JsonSerializable(typeof(Checkpoint))]
[JsonSerializable(typeof(VerdictSettings))]
[JsonSerializable(typeof(DryRunSummary))]
internal sealed partial class DryRunJson : JsonSerializerContext;

/// <summary>The two layouts. Not static members of the context itself: its own may come to be later than they.</summary>
internal static class RecordLayout
{
    private static readonly JsonSerializerOptions LineOptions = new(DryRunJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One value a line.</summary>
    public static DryRunJson Lines { get; } = new(LineOptions);

    /// <summary>One value a file, indented.</summary>
    public static DryRunJson Readable { get; } = new(new JsonSerializerOptions(LineOptions) { WriteIndented = true });
}

/// <summary>Writes an enum's name in camelCase.</summary>
internal sealed class LowerCaseEnumConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase)
    where T : struct, Enum;
