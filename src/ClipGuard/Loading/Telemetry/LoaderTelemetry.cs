using System.Diagnostics;
using System.Diagnostics.Metrics;

using ClipGuard.Media;
using ClipGuard.Supervision;

using Microsoft.Extensions.Logging;

namespace ClipGuard.Loading;

/// <summary>Tells of decodes, faults and waiting: through a meter, an activity source and a log. Any number of threads.</summary>
internal sealed partial class LoaderTelemetry(ILogger logger)
{
    private static readonly Meter Meter = new(ClipGuardTelemetry.MeterName);
    private static readonly Counter<long> Decodes = Meter.CreateCounter<long>("clipguard.decodes", "{decode}", "Decodes by kind of clip and verdict.");
    private static readonly Histogram<double> DecodeSeconds = Meter.CreateHistogram<double>("clipguard.decode.duration", "s", "Time from dispatch to verdict.");
    private static readonly Counter<long> Kills = Meter.CreateCounter<long>("clipguard.kills", "{process}", "Helpers killed over a conviction, one a strike.");
    private static readonly Counter<long> Bytes = Meter.CreateCounter<long>("clipguard.bytes", "By", "Decoded bytes copied into batches.");
    private static readonly Counter<double> Waited = Meter.CreateCounter<double>("clipguard.consumer.wait", "s", "Time that the consumer waited for batches.");
    private static readonly UpDownCounter<long> Queued = Meter.CreateUpDownCounter<long>("clipguard.batches.ahead", "{batch}", "Batches begun and not yet taken.");

    public static ActivitySource Activities { get; } = new(ClipGuardTelemetry.ActivitySourceName);

    public static void Decoded(ClipKind kind, DecodeOutcome outcome, TimeSpan elapsed)
    {
        var kindTag = new KeyValuePair<string, object?>("kind", kind.ToString().ToLowerInvariant());
        var verdictTag = new KeyValuePair<string, object?>("verdict", outcome.IsClip ? "ok" : outcome.Fault.Kind.ToString());
        Decodes.Add(1, kindTag, verdictTag);
        DecodeSeconds.Record(elapsed.TotalSeconds, kindTag, verdictTag);
        if (outcome.IsClip)
        {
            Bytes.Add(outcome.Payload.Length, kindTag);
        }
        else if (outcome.Fault.Kind is FaultKind.TimedOut or FaultKind.Stalled)
        {
            Kills.Add(outcome.Fault.PostMortem.Strikes, verdictTag);
        }
    }

    /// <summary>Tells of a bad row or clip: the only place that does, so that each is logged once.</summary>
    public void Fault(SampleFault fault)
    {
        if (fault.Verdict is { PostMortem: var found } verdict)
        {
            LogClip(logger, fault.Line, fault.Clip!.AsWritten, verdict.Kind, verdict.Stage, fault.Message, found.Elapsed.TotalSeconds, found.CpuTime.TotalSeconds,
                found.SinceProgress.TotalSeconds, found.PeakMemoryBytes, found.Strikes, found.Signal, found.ExitCode);
        }
        else
        {
            LogRow(logger, fault.Line, fault.Clip?.AsWritten, fault.Message);
        }
    }

    public static void Begun() => Queued.Add(1);

    public static void Taken() => Queued.Add(-1);

    public static void ConsumerWaited(TimeSpan time) => Waited.Add(time.TotalSeconds);

    [LoggerMessage(EventId = 100, Level = LogLevel.Warning,
        Message = "Line {Line}: {Clip} is {Fault} at {Stage}. {Message} ({ElapsedSeconds:0.###} s, {CpuSeconds:0.###} s of CPU, {SinceProgressSeconds:0.###} s since progress, {PeakMemoryBytes} bytes, {Strikes} strikes, signal {Signal}, exit code {ExitCode})")]
    private static partial void LogClip(
        ILogger logger, long line, string clip, FaultKind fault, DecodeStage stage, string message, double elapsedSeconds, double cpuSeconds,
        double sinceProgressSeconds, long peakMemoryBytes, int strikes, int? signal, int? exitCode);

    [LoggerMessage(EventId = 101, Level = LogLevel.Warning, Message = "Line {Line}: {Clip} gave no sample. {Message}")]
    private static partial void LogRow(ILogger logger, long line, string? clip, string message);
}
