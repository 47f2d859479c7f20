using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

using ClipGuard.DryRuns.SecondOpinions;
using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Runs;
using ClipGuard.Supervision;

namespace ClipGuard.DryRuns;

/// <summary>
/// The JSON of a dry run's files: camelCase, enums as words, and letters of other alphabets not escaped, since people read these files and search them.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [
        typeof(CamelCaseEnumConverter<ClipKind>),
        typeof(CamelCaseEnumConverter<DecodeStage>),
        typeof(CamelCaseEnumConverter<UnsettledCause>),
        typeof(CamelCaseEnumConverter<SandboxLevel>),
        typeof(CamelCaseEnumConverter<IsolationMode>),
        typeof(CamelCaseEnumConverter<JournalVerdict>),
        typeof(CamelCaseEnumConverter<DisagreementSubject>),
    ],
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(ClipFaultRecord))]
[JsonSerializable(typeof(DecodedClipRecord))]
[JsonSerializable(typeof(BadLineRecord))]
[JsonSerializable(typeof(ExcludedRow))]
[JsonSerializable(typeof(UnsettledRecord))]
[JsonSerializable(typeof(Disagreement))]
[JsonSerializable(typeof(JournalHeader))]
[JsonSerializable(typeof(JournalEntry))]
[JsonSerializable(typeof(Checkpoint))]
[JsonSerializable(typeof(VerdictSettings))]
[JsonSerializable(typeof(DryRunSummary))]
[JsonSerializable(typeof(ShardRecord))]
internal sealed partial class DryRunJson : JsonSerializerContext;

/// <summary>
/// The two layouts. They are not static members of the context itself, because the order in which its generated static members and these would be
/// initialised is not defined.
/// </summary>
internal static class RecordLayout
{
    private static readonly JsonSerializerOptions LineOptions = new(DryRunJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One value a line.</summary>
    public static DryRunJson Lines { get; } = new(LineOptions);

    /// <summary>One value a file, indented.</summary>
    public static DryRunJson Readable { get; } = new(new JsonSerializerOptions(LineOptions) { WriteIndented = true });
}
