using ClipGuard.DryRuns.SecondOpinions;
using ClipGuard.Media;

using Microsoft.Extensions.Logging;

namespace ClipGuard.DryRuns;

/// <summary>A dry run's log messages. Each fault is logged once, as information: finding bad clips is what a dry run is for.</summary>
internal static partial class DryRunLogMessages
{
    [LoggerMessage(
        EventId = 2001,
        Level = LogLevel.Information,
        Message = "Dry run of {Manifest} into {OutputFolder} begins with {Decoder}, sandbox {Sandbox}")]
    public static partial void RunBegins(this ILogger log, string manifest, string outputFolder, string decoder, SandboxLevel sandbox);

    [LoggerMessage(
        EventId = 2002,
        Level = LogLevel.Information,
        Message = "Goes on after {Rows} rows of an interrupted run, with its verdicts on {Clips} clips behind them")]
    public static partial void RunGoesOn(this ILogger log, long rows, long clips);

    [LoggerMessage(EventId = 2008, Level = LogLevel.Information, Message = "Tries the {Clips} clips alone that the run before left unsettled")]
    public static partial void UnsettledAreTried(this ILogger log, long clips);

    [LoggerMessage(
        EventId = 2003,
        Level = LogLevel.Information,
        Message = "Line {Line}: {Clip} is {Fault} in stage {Stage}: {FaultMessage} {@PostMortem}")]
    public static partial void ClipFaulted(
        this ILogger log, long line, string clip, string fault, DecodeStage stage, string faultMessage, ClipFaultRecord postMortem);

    [LoggerMessage(
        EventId = 2007,
        Level = LogLevel.Warning,
        Message = "Line {Line}: {Clip} is unsettled ({Cause}) in stage {Stage}, and not held against it: {Reason}")]
    public static partial void ClipUnsettled(this ILogger log, long line, string clip, UnsettledCause cause, DecodeStage stage, string reason);

    [LoggerMessage(EventId = 2004, Level = LogLevel.Information, Message = "Line {Line}, column {Column}: no sample: {FaultMessage}")]
    public static partial void BadManifestLine(this ILogger log, long line, int column, string faultMessage);

    [LoggerMessage(EventId = 2005, Level = LogLevel.Information, Message = "Line {Line}: {Warning}")]
    public static partial void SampleWarned(this ILogger log, long line, string warning);

    [LoggerMessage(EventId = 2010, Level = LogLevel.Information, Message = "Line {Line}: {Clip}: the decoders disagree on {About}. {Difference}")]
    public static partial void DecodersDisagree(this ILogger log, long line, string clip, DisagreementSubject about, string difference);

    [LoggerMessage(EventId = 2009, Level = LogLevel.Warning, Message = "{Notice}")]
    public static partial void RowsNotExcluded(this ILogger log, string notice);

    [LoggerMessage(
        EventId = 2006,
        Level = LogLevel.Information,
        Message = "Dry run ends: {Samples} samples, {Clips} clips, {Faults} faults in {ElapsedSeconds} s, cancelled: {Cancelled}")]
    public static partial void RunEnds(this ILogger log, long samples, long clips, long faults, double elapsedSeconds, bool cancelled);
}
