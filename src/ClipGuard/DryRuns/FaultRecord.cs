using System.Text.Json.Serialization;

using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Runs;
using ClipGuard.Supervision;

namespace ClipGuard.DryRuns;

/// <summary>One line of <c>faults.jsonl</c>: a <see cref="ClipFaultRecord"/> or a <see cref="BadLineRecord"/>.</summary>
public abstract record FaultRecord
{
    /// <summary>1-based line of the manifest.</summary>
    [JsonPropertyOrder(-2)]
    public required long Line { get; init; }

    /// <summary>The row's own id, where it is known (<see cref="ManifestOptions.IdField"/>).</summary>
    [JsonPropertyOrder(-2)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Id { get; init; }

    /// <summary>The fault's name: one of <see cref="FaultKind"/>, or <see cref="BadLineRecord.Name"/>.</summary>
    [JsonPropertyOrder(1)]
    public required string Fault { get; init; }

    /// <summary>One sentence for a person.</summary>
    [JsonPropertyOrder(3)]
    public required string Message { get; init; }

    /// <inheritdoc/>
    public sealed override string ToString() => RecordPrinting.Of(this);
}

/// <summary>A manifest line that is no sample.</summary>
public sealed record BadLineRecord : FaultRecord
{
    /// <summary>The value of <see cref="FaultRecord.Fault"/> for such a line.</summary>
    public const string Name = "BadManifestLine";

    /// <summary>1-based position within the line, in characters.</summary>
    [JsonPropertyOrder(-1)]
    public required int Column { get; init; }

    /// <summary>What was expected there.</summary>
    [JsonPropertyOrder(4)]
    public required string Expected { get; init; }

    /// <summary>The record of a bad row.</summary>
    internal static BadLineRecord Of(BadRow row) =>
        new() { Line = row.Line, Column = row.Column, Fault = Name, Message = row.Message, Expected = row.Expected };
}

/// <summary>A clip that gave no data, with its post-mortem. Seconds and bytes are those of the last attempt.</summary>
public sealed record ClipFaultRecord : FaultRecord
{
    /// <summary>The manifest's own words for the clip; encoded bytes are shortened.</summary>
    [JsonPropertyOrder(-1)]
    public required string Clip { get; init; }

    /// <summary>Absolute path of the file; null where the clip is not in one.</summary>
    [JsonPropertyOrder(-1)]
    public required string? Path { get; init; }

    /// <summary>What it was to be decoded as.</summary>
    [JsonPropertyOrder(0)]
    public required ClipKind Kind { get; init; }

    /// <summary>Where the decode was.</summary>
    [JsonPropertyOrder(2)]
    public required DecodeStage Stage { get; init; }

    /// <summary>Wall clock from dispatch to verdict.</summary>
    [JsonPropertyOrder(4)]
    public double ElapsedSeconds { get; init; }

    /// <summary>CPU time that the helper used.</summary>
    [JsonPropertyOrder(4)]
    public double CpuSeconds { get; init; }

    /// <summary>Time since the decode last made progress.</summary>
    [JsonPropertyOrder(4)]
    public double SinceProgressSeconds { get; init; }

    /// <summary>Where the wall clock went; left out for a decode that was too young to be watched.</summary>
    [JsonPropertyOrder(4)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimeByCauseRecord? Time { get; init; }

    /// <summary>Packets that came out of the container.</summary>
    [JsonPropertyOrder(4)]
    [JsonPropertyName("packets")]
    public long PacketCount { get; init; }

    /// <summary>Frames that came out of the decoder.</summary>
    [JsonPropertyOrder(4)]
    [JsonPropertyName("frames")]
    public long FrameCount { get; init; }

    /// <summary>Most memory that the helper held; 0 where it is not known.</summary>
    [JsonPropertyOrder(4)]
    public long PeakMemoryBytes { get; init; }

    /// <summary>The signal that ended the helper, where one did that was not the supervisor's own.</summary>
    [JsonPropertyOrder(4)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Signal { get; init; }

    /// <summary>The exit code with which the helper ended by itself, where it did.</summary>
    [JsonPropertyOrder(4)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ExitCode { get; init; }

    /// <summary>Attempts to decode it, all of which failed; 0 where the clip was refused by its reference in the manifest.</summary>
    [JsonPropertyOrder(4)]
    [JsonPropertyName("attempts")]
    public int AttemptCount { get; init; }

    /// <summary>The decoder's last log lines, oldest first.</summary>
    [JsonPropertyOrder(4)]
    public IReadOnlyList<string> Log { get; init; } = [];

    /// <summary>Name and version of the decoder, where it is somebody else's.</summary>
    [JsonPropertyOrder(4)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Decoder { get; init; }

    /// <summary>The same for another mention of the clip.</summary>
    internal ClipFaultRecord Of(long line, ClipReference clip) => this with { Line = line, Clip = clip.AsWritten, Path = clip.Path };

    /// <summary>The record of a clip with a fault.</summary>
    internal static ClipFaultRecord Of(long line, ClipReference clip, ClipFault fault)
    {
        PostMortem found = fault.PostMortem;
        return new ClipFaultRecord
        {
            Line = line,
            Clip = clip.AsWritten,
            Path = clip.Path,
            Kind = clip.Kind,
            Fault = fault.Kind.ToString(),
            Stage = fault.Stage,
            Message = fault.Message,
            ElapsedSeconds = Seconds.Of(found.Elapsed),
            CpuSeconds = Seconds.Of(found.CpuTime),
            SinceProgressSeconds = Seconds.Of(found.SinceProgress),
            Time = found.Time == default ? null : TimeByCauseRecord.Of(found),
            PacketCount = found.PacketCount,
            FrameCount = found.FrameCount,
            PeakMemoryBytes = found.PeakMemoryBytes,
            Signal = found.Signal,
            ExitCode = found.ExitCode,
            AttemptCount = found.AttemptCount,
            Log = found.Log,
            Decoder = fault.Decoder,
        };
    }
}
