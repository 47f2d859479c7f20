using ClipGuard.Media.Native;
using ClipGuard.Media.Streams;
using ClipGuard.Supervision;
using ClipGuard.Supervision.Processes;

using static ClipGuard.Supervision.Processes.MonotonicTime;

namespace ClipGuard.Streams.Sessions;

/// <summary>With whom it lies that a session failed: from what happened to each of its members to the cause. Pure.</summary>
internal static class SessionBlame
{
    /// <summary>A state has lasted as long as it may.</summary>
    /// <param name="state">The state.</param>
    /// <param name="limit">The limit that has run out.</param>
    /// <param name="streams">All streams, in the run's order.</param>
    public static SessionFailureCause OfTimeOver(ToolSessionState state, TimeSpan limit, IReadOnlyList<StreamStatus> streams) =>
        state == ToolSessionState.Opening
            ? OfOpening(limit, streams)
            : OfStandstill(ToolFaultKind.TimedOut, $"Not done within {Seconds(limit)}", streams);

    /// <summary>Nothing has moved for the stall limit.</summary>
    /// <param name="limit">The stall limit.</param>
    /// <param name="streams">All streams, in the run's order.</param>
    public static SessionFailureCause OfStall(TimeSpan limit, IReadOnlyList<StreamStatus> streams) =>
        OfStandstill(ToolFaultKind.Stalled, $"Nothing moved for {Seconds(limit)}", streams);

    /// <summary>A stream's helper has ended without its last word, and nobody here had killed it.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="exit">How it ended.</param>
    /// <param name="wrote">Lines that it wrote to its standard error.</param>
    /// <param name="postMortem">What was measured of it.</param>
    /// <param name="memoryLimitBytes">Memory that it was allowed.</param>
    /// <param name="kills">The kernel's count of processes that it ended for want of memory.</param>
    public static SessionFailureCause OfHelperEnd(
        StreamStatus stream, ProcessExit exit, IReadOnlyList<string> wrote, PostMortem postMortem, long memoryLimitBytes, MemoryKills kills)
    {
        if (!stream.IsHelperReady)
        {
            return Unavailable($"The helper of '{stream.Name}' {exit} before it was ready.{Wrote(wrote)}");
        }

        // The limit on a file's size is the work file's alone: nothing else is written.
        if (exit.Signal == Libc.SIGXFSZ)
        {
            string overLimit = $"The work file of '{stream.Name}' is over its limit.";
            return new SessionFailureCause.OfStream(stream.Name, ToolFaultKind.LimitExceeded, overLimit) { Exit = exit };
        }

        var end = ExitDiagnosis.Of($"The helper of '{stream.Name}'", exit, $"in stage {stream.Stage}", postMortem, memoryLimitBytes, kills);
        return end.Fault is { } kind
            ? new SessionFailureCause.OfStream(stream.Name, ToolFaultKinds.From(kind), end.Message) { Exit = exit, IsOutOfMemory = end.IsOutOfMemory }
            : Unavailable(end.Message);
    }

    /// <summary>The guardian has ended, which it does only when it is told to.</summary>
    public static SessionFailureCause OfGuardianEnd(ProcessExit exit, IReadOnlyList<string> wrote) =>
        Unavailable($"The guardian of a tool run {exit}, which was not ClipGuard's doing.{Wrote(wrote)}");

    /// <summary>The tool has ended by itself: null where it did what it was to do.</summary>
    /// <param name="run">What it was to do.</param>
    /// <param name="exit">How it ended.</param>
    /// <param name="clips">What each clip is by itself, in the run's order.</param>
    /// <param name="reports">How far each stream came, in the run's order.</param>
    public static SessionFailureCause? OfToolEnd(ToolRunSpec run, ProcessExit exit, IReadOnlyList<ClipShape?> clips, IReadOnlyList<StreamReport> reports)
    {
        if (FormatNegotiation.CompareLengths(run, clips, reports) is { } mismatch)
        {
            return new SessionFailureCause.OfStream(mismatch.Stream, ToolFaultKind.Mismatched, mismatch.Message);
        }

        if (exit.Code is not { } code || !run.SuccessCodes.Contains(code))
        {
            return new SessionFailureCause.OfTool(ToolFaultKind.ToolFailed, $"The tool {exit}.");
        }

        return !run.PartialReading && WhatWasNotRead(run, reports) is { } unread
            ? new SessionFailureCause.OfTool(ToolFaultKind.ToolFailed, $"The tool {exit} and had not read everything: {unread}.")
            : null;
    }

    /// <summary>Who is not there yet while a session opens, as a sentence begins.</summary>
    /// <param name="streams">All streams, in the run's order.</param>
    public static string WhoIsLate(IReadOnlyList<StreamStatus> streams)
    {
        string[] late = [.. streams.Where(stream => !stream.IsThere).Select(stream => $"'{stream.Name}'")];
        return late switch
        {
            [] => "The guardian is",
            [var one] => $"The stream {one} is",
            _ => $"The streams {string.Join(" and ", late)} are",
        };
    }

    /// <summary>A failure that says nothing about clips or tool.</summary>
    public static SessionFailureCause.InfrastructureFailure Unavailable(string message) => new(new HelperUnavailableException(message));

    // A helper that is not ready has not been given its clip: that it is late says nothing about the clip.
    private static SessionFailureCause OfOpening(TimeSpan limit, IReadOnlyList<StreamStatus> streams)
    {
        StreamStatus? late = streams.FirstOrDefault(stream => !stream.IsThere);
        string? unready = late is null ? "The guardian of a tool run" : late.IsHelperReady ? null : $"The helper of '{late.Name}'";
        return unready is null
            ? new SessionFailureCause.OfStream(
                late!.Name, ToolFaultKind.TimedOut, $"The stream '{late.Name}' was not there within {Seconds(limit)}; {Doing(late)}.")
            : Unavailable($"{unready} was not ready within {Seconds(limit)}.");
    }

    // Who holds a session up: a stream whose helper waits for its reader is held up by the tool, every other one by its own clip.
    private static SessionFailureCause OfStandstill(ToolFaultKind kind, string what, IReadOnlyList<StreamStatus> streams) =>
        streams.FirstOrDefault(stream => !stream.IsWritten && !stream.WaitsForReader) is { } own
            ? new SessionFailureCause.OfStream(own.Name, kind, $"{what}; {Doing(own)}.")
            : new SessionFailureCause.OfTool(kind, $"{what}; {string.Join(", ", streams.Select(Waiting))}.");

    private static string Doing(StreamStatus stream) => $"'{stream.Name}' was in stage {stream.Stage}";

    private static string Waiting(StreamStatus stream) => stream.IsWritten ? $"'{stream.Name}' was written whole"
        : stream.WrittenBytes == 0 ? $"nobody opened '{stream.Name}'"
        : $"after {stream.WrittenBytes} bytes nobody read on in '{stream.Name}'";

    // Where lengths may differ, the tool may stop where the shortest stream ends.
    private static string? WhatWasNotRead(ToolRunSpec run, IReadOnlyList<StreamReport> reports)
    {
        bool mayStop = run.AnyLength && reports.Any(report => report is { IsWhole: true, UnreadBytes: 0 });
        string[] unread = mayStop ? [] : [.. reports.Where(report => !report.IsWhole || report.UnreadBytes > 0).Select(HowFar)];
        return unread.Length == 0 ? null : string.Join(", ", unread);
    }

    private static string HowFar(StreamReport report) => report.Bytes == 0
        ? $"it never opened '{report.Name}'"
        : $"of '{report.Name}' it read {report.Bytes - report.UnreadBytes} bytes and there were {(report.IsWhole ? string.Empty : "more than ")}{report.Bytes}";

    private static string Wrote(IReadOnlyList<string> lines) => string.Join(" ", lines) is { Length: > 0 } text ? $" It wrote: {text}" : string.Empty;
}
