using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.Cli.Inspecting;

/// <summary>A look at a clip, for a program: the description, or the fault in the members of <c>faults.jsonl</c>.</summary>
internal static class InspectionJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter<FaultKind>(), new JsonStringEnumConverter<DecodeStage>(JsonNamingPolicy.CamelCase) },
    };

    public static string Of(string clip, ClipDescription description) =>
        JsonSerializer.Serialize(new { clip, description.Format, description.DurationSeconds, description.Notes, description.Streams }, Options);

    public static string Of(string clip, ClipFault fault)
    {
        PostMortem found = fault.PostMortem;
        return JsonSerializer.Serialize(
            new
            {
                clip,
                Fault = fault.Kind,
                fault.Stage,
                fault.Message,
                ElapsedSeconds = found.Elapsed.TotalSeconds,
                CpuSeconds = found.CpuTime.TotalSeconds,
                SinceProgressSeconds = found.SinceProgress.TotalSeconds,
                Packets = found.PacketCount,
                Frames = found.FrameCount,
                found.PeakMemoryBytes,
                found.Signal,
                found.ExitCode,
                Attempts = found.AttemptCount,
                found.Log,
            },
            Options);
    }
}
