using System.Text.Json.Serialization;

using ClipGuard.Media;
using ClipGuard.Runs;
using ClipGuard.Supervision;

namespace ClipGuard.Verdicts;

/// <summary>A fault as a store has it: the fields of <c>faults.jsonl</c> that are the clip's own.</summary>
internal sealed record StoredFault
{
    // Messages name the file, which may be mounted elsewhere where they are read.
    private const string PathMark = "{path}";

    public required FaultKind Fault { get; init; }

    public required DecodeStage Stage { get; init; }

    /// <summary>One sentence for a person; <c>{path}</c> stands for the clip's path.</summary>
    public required string Message { get; init; }

    public double ElapsedSeconds { get; init; }

    public double CpuSeconds { get; init; }

    public double SinceProgressSeconds { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimeByCauseRecord? Time { get; init; }

    public long Packets { get; init; }

    public long Frames { get; init; }

    public long PeakMemoryBytes { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Signal { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ExitCode { get; init; }

    public int Attempts { get; init; }

    public IReadOnlyList<string> Log { get; init; } = [];

    /// <summary>The fault of a clip.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="path">The clip's path; null where it is in no file.</param>
    public static StoredFault Of(ClipFault fault, string? path)
    {
        PostMortem found = fault.PostMortem;
        return new StoredFault
        {
            Fault = fault.Kind,
            Stage = fault.Stage,
            Message = Hide(fault.Message, path),
            ElapsedSeconds = Seconds.Of(found.Elapsed),
            CpuSeconds = Seconds.Of(found.CpuTime),
            SinceProgressSeconds = Seconds.Of(found.SinceProgress),
            Time = found.Time == default ? null : TimeByCauseRecord.Of(found),
            Packets = found.PacketCount,
            Frames = found.FrameCount,
            PeakMemoryBytes = found.PeakMemoryBytes,
            Signal = found.Signal,
            ExitCode = found.ExitCode,
            Attempts = found.AttemptCount,
            Log = [.. found.Log.Select(line => Hide(line, path))],
        };
    }

    /// <summary>The fault of the same clip here.</summary>
    /// <param name="path">The clip's path here; null where it is in no file.</param>
    public ClipFault ToFault(string? path) => new(Fault, Stage, Show(Message, path), new PostMortem
    {
        Elapsed = TimeSpan.FromSeconds(ElapsedSeconds),
        CpuTime = TimeSpan.FromSeconds(CpuSeconds),
        SinceProgress = TimeSpan.FromSeconds(SinceProgressSeconds),
        Time = Time?.ToTime() ?? default,
        CpuStealTime = TimeSpan.FromSeconds(Time?.MachineStealSeconds ?? 0),
        PacketCount = Packets,
        FrameCount = Frames,
        PeakMemoryBytes = PeakMemoryBytes,
        Signal = Signal,
        ExitCode = ExitCode,
        AttemptCount = Attempts,
        Log = [.. Log.Select(line => Show(line, path))],
    });

    private static string Hide(string text, string? path) => path is null ? text : text.Replace(path, PathMark, StringComparison.Ordinal);

    private static string Show(string text, string? path) => path is null ? text : text.Replace(PathMark, path, StringComparison.Ordinal);
}
