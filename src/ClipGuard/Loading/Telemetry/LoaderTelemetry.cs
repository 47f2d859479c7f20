using System.Diagnostics;
using System.Diagnostics.Metrics;

using ClipGuard.Media;
using ClipGuard.Supervision;

using Microsoft.Extensions.Logging;

namespace ClipGuard.Loading;

/// <summary>Reports decodes, faults and waiting to a meter, an activity source and a log. Any number of threads.</summary>
internal sealed partial class LoaderTelemetry(ILogger logger)
{
    private static readonly Meter Meter = ClipGuardTelemetry.Meter;
    private static readonly Counter<long> Decodes = Meter.CreateCounter<long>("clipguard.decodes", "{decode}", "Decodes by kind of clip and verdict.");
    private static readonly Histogram<double> DecodeSeconds = Meter.CreateHistogram<double>("clipguard.decode.duration", "s", "Time from dispatch to verdict.");
    private static readonly Counter<long> Bytes = Meter.CreateCounter<long>("clipguard.bytes", "By", "Decoded bytes copied into batches.");
    private static readonly Counter<double> Waited = Meter.CreateCounter<double>("clipguard.consumer.wait", "s", "Time that the consumer waited for batches.");
    private static readonly UpDownCounter<long> BatchesAhead = Meter.CreateUpDownCounter<long>(
        "clipguard.batches.ahead", "{batch}", "Batches begun and not yet taken.");
    private static readonly UpDownCounter<long> BatchesReady = Meter.CreateUpDownCounter<long>(
        "clipguard.batches.ready", "{batch}", "Batches complete and not yet taken.");
    private static readonly UpDownCounter<long> SamplesOpen = Meter.CreateUpDownCounter<long>(
        "clipguard.samples.open", "{sample}", "Samples of batches begun that are not decoded yet.");
    private static readonly UpDownCounter<long> BytesAhead = Meter.CreateUpDownCounter<long>(
        "clipguard.bytes.ahead", "By", "Bytes that batches ahead of the consumer hold, or are expected to.");

    public static ActivitySource Activities { get; } = new(ClipGuardTelemetry.ActivitySourceName);

    public static void Decoded(ClipKind kind, DecodeOutcome outcome, TimeSpan elapsed)
    {
        var kindTag = new KeyValuePair<string, object?>("kind", kind.ToString().ToLowerInvariant());
        var verdictTag = new KeyValuePair<string, object?>("verdict", outcome.IsClip ? "ok" : outcome.Fault?.Kind.ToString() ?? "Unsettled");
        Decodes.Add(1, kindTag, verdictTag);
        DecodeSeconds.Record(elapsed.TotalSeconds, kindTag, verdictTag);
        if (outcome.IsClip)
        {
            Bytes.Add(outcome.Payload.Length, kindTag);
        }
    }

    /// <summary>Logs that a full shuffle cannot be one.</summary>
    public void ShufflesGroups(string manifest, int groups, int windowRows) => LogGroups(logger, manifest, groups, windowRows);

    /// <summary>Logs which rank this is, and who says so, unless it is the only one and nobody was asked.</summary>
    public void Opened(RankInfo rank)
    {
        if (rank is { World: 1, Source: null })
        {
            return;
        }

        LogRank(logger, rank.Rank, rank.World, rank.Source ?? "the host's own options");
        if (rank.Remark is { } remark)
        {
            LogRankIsUnsure(logger, remark);
        }
    }

    /// <summary>Logs a bad row or clip. Nothing else does, so each is logged once.</summary>
    public void Fault(SampleFault fault)
    {
        if (fault.Verdict is { PostMortem: var found } verdict)
        {
            LogClip(
                logger,
                fault.Line,
                fault.Clip!.AsWritten,
                verdict.Kind,
                verdict.Stage,
                fault.Message,
                found.Elapsed.TotalSeconds,
                found.CpuTime.TotalSeconds,
                found.SinceProgress.TotalSeconds,
                found.BytesRead,
                found.PacketCount,
                found.FrameCount,
                found.PeakMemoryBytes,
                found.AttemptCount,
                found.Signal,
                found.ExitCode,
                string.Join(" | ", found.Log));
        }
        else if (fault.Unsettled is { } unsettled)
        {
            LogUnsettled(logger, fault.Line, fault.Clip!.AsWritten, unsettled.Cause, unsettled.Stage, fault.Message);
        }
        else if (fault.Exception is { } thrown)
        {
            LogTransform(logger, thrown, fault.Line, fault.Position, thrown.Message);
        }
        else if (fault.IsDropped)
        {
            LogDropped(logger, fault.Line, fault.Message);
        }
        else
        {
            LogRow(logger, fault.Line, fault.Clip?.AsWritten, fault.Message);
        }
    }

    /// <summary>Logs that rows of a list of excluded ones are not there.</summary>
    public void NotExcluded(string notice) => LogNotExcluded(logger, notice);

    /// <summary>Records the activity of a batch that was delivered: from the first dispatch of its samples to now.</summary>
    public static void Delivered(Batch batch)
    {
        using Activity? activity = Activities.StartActivity("batch", ActivityKind.Internal, parentContext: default, startTime: batch.Began);
        activity?.SetTag("clipguard.batch", batch.Number);
        activity?.SetTag("clipguard.faults", batch.Report.Faults.Count);
        activity?.SetTag("clipguard.waited_ms", batch.Report.Waited.TotalMilliseconds);
    }

    public static void Begun(int samples)
    {
        BatchesAhead.Add(1);
        SamplesOpen.Add(samples);
    }

    public static void Filled(bool isLast)
    {
        SamplesOpen.Add(-1);
        BatchesReady.Add(isLast ? 1 : 0);
    }

    /// <summary>A batch was taken, or never will be.</summary>
    /// <param name="open">How many of its samples were not decoded.</param>
    public static void Taken(int open)
    {
        BatchesAhead.Add(-1);
        SamplesOpen.Add(-open);
        BatchesReady.Add(open == 0 ? -1 : 0);
    }

    public static void Ahead(long bytes) => BytesAhead.Add(bytes);

    public static void ConsumerWaited(TimeSpan time) => Waited.Add(time.TotalSeconds);

    [LoggerMessage(
        EventId = 100,
        Level = LogLevel.Warning,
        Message = "Line {Line}: {Clip} is {Fault} at {Stage}. {Message} ({ElapsedSeconds:0.###} s, {CpuSeconds:0.###} s of CPU, "
            + "{SinceProgressSeconds:0.###} s since progress, {BytesRead} bytes read, {Packets} packets, {Frames} frames, "
            + "{PeakMemoryBytes} bytes of memory, {Attempts} attempts, signal {Signal}, exit code {ExitCode}; decoder: {DecoderLog})")]
    private static partial void LogClip(
        ILogger logger,
        long line,
        string clip,
        FaultKind fault,
        DecodeStage stage,
        string message,
        double elapsedSeconds,
        double cpuSeconds,
        double sinceProgressSeconds,
        long bytesRead,
        long packets,
        long frames,
        long peakMemoryBytes,
        int attempts,
        int? signal,
        int? exitCode,
        string decoderLog);

    [LoggerMessage(EventId = 102, Level = LogLevel.Warning,
        Message = "Line {Line}: {Clip} is unsettled ({Cause}) at {Stage}, and not held against it. {Message}")]
    private static partial void LogUnsettled(ILogger logger, long line, string clip, UnsettledCause cause, DecodeStage stage, string message);

    [LoggerMessage(EventId = 103, Level = LogLevel.Warning, Message = "{Notice}")]
    private static partial void LogNotExcluded(ILogger logger, string notice);

    [LoggerMessage(EventId = 106, Level = LogLevel.Warning,
        Message = "Line {Line}: the transform hook threw at position {Position}, and there is no sample. {Message}")]
    private static partial void LogTransform(ILogger logger, Exception exception, long line, long position, string message);

    [LoggerMessage(EventId = 107, Level = LogLevel.Debug, Message = "Line {Line}: {Message}")]
    private static partial void LogDropped(ILogger logger, long line, string message);

    [LoggerMessage(EventId = 101, Level = LogLevel.Warning, Message = "Line {Line}: {Clip} gave no sample. {Message}")]
    private static partial void LogRow(ILogger logger, long line, string? clip, string message);

    [LoggerMessage(EventId = 103, Level = LogLevel.Warning,
        Message = "The full shuffle of {Manifest} goes by its {Groups} row groups in a shuffled order, and by windows of {WindowRows} rows within that: "
            + "a row of such a file can only be read from the start of its row group on. "
            + "For a wider shuffle write smaller row groups in a shuffled order, or set a larger window")]
    private static partial void LogGroups(ILogger logger, string manifest, int groups, int windowRows);

    [LoggerMessage(EventId = 104, Level = LogLevel.Information, Message = "Rank {Rank} of {World}, by {Source}")]
    private static partial void LogRank(ILogger logger, int rank, int world, string source);

    [LoggerMessage(EventId = 105, Level = LogLevel.Warning, Message = "The rank may not be what is meant: {Remark}")]
    private static partial void LogRankIsUnsure(ILogger logger, string remark);
}
