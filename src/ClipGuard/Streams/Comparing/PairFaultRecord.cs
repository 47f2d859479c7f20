using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Runs;
using ClipGuard.Supervision;

namespace ClipGuard.Streams.Comparing;

/// <summary>One line of a comparison's <c>faults.jsonl</c>: a pair that got no score, or a line that names no pair.</summary>
public sealed record PairFaultRecord
{
    /// <summary>What <see cref="Fault"/> says of a line that names no pair.</summary>
    public const string BadLine = "BadManifestLine";

    /// <summary>1-based line of the manifest; 0 for a pair from the command line.</summary>
    public required long Line { get; init; }

    /// <summary>Absolute path of the reference; null for a line that names no pair.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reference { get; init; }

    /// <summary>Absolute path of the distorted clip; null for a line that names no pair.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Distorted { get; init; }

    /// <summary><c>reference</c>, <c>distorted</c> or <c>(tool)</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Culprit { get; init; }

    /// <summary>The fault's name: one of <see cref="ToolFaultKind"/>, or <see cref="BadLine"/>.</summary>
    public required string Fault { get; init; }

    /// <summary>Where the culprit's decode was.</summary>
    public DecodeStage Stage { get; init; }

    /// <summary>One sentence for a person.</summary>
    public required string Message { get; init; }

    /// <summary>Wall clock of the last attempt.</summary>
    public double ElapsedSeconds { get; init; }

    /// <summary>CPU time of the culprit.</summary>
    public double CpuSeconds { get; init; }

    /// <summary>The signal that ended the culprit, where one did.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Signal { get; init; }

    /// <summary>The exit code of the culprit, where it ended by itself.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ExitCode { get; init; }

    /// <summary>Attempts that failed.</summary>
    [JsonPropertyName("attempts")]
    public int AttemptCount { get; init; }

    /// <summary>The culprit's last log lines, oldest first.</summary>
    public IReadOnlyList<string> Log { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => RecordPrinting.Of(this);

    /// <summary>The record of a pair's fault.</summary>
    public static PairFaultRecord Of(long line, string reference, string distorted, ToolFault fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        PostMortem found = fault.PostMortem;
        return new PairFaultRecord
        {
            Line = line,
            Reference = reference,
            Distorted = distorted,
            Culprit = fault.Culprit,
            Fault = fault.Kind.ToString(),
            Stage = fault.Stage,
            Message = fault.Message,
            ElapsedSeconds = Math.Round(found.Elapsed.TotalSeconds, 3),
            CpuSeconds = Math.Round(found.CpuTime.TotalSeconds, 3),
            Signal = found.Signal,
            ExitCode = found.ExitCode,
            AttemptCount = found.AttemptCount,
            Log = found.Log,
        };
    }
}

/// <summary>How the lines of a comparison's files are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(CamelCaseEnumConverter<DecodeStage>)])]
[JsonSerializable(typeof(PairFaultRecord))]
[JsonSerializable(typeof(ExcludedRow))]
internal sealed partial class PairJson : JsonSerializerContext;

/// <summary>The layout of a line: other alphabets as they are, for these files are read by people and by grep.</summary>
internal static class PairLayout
{
    /// <summary>One value a line.</summary>
    public static PairJson Lines { get; } = new(new JsonSerializerOptions(PairJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
