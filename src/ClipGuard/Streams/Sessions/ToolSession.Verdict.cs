using System.Diagnostics;

using ClipGuard.Media;
using ClipGuard.Supervision;
using ClipGuard.Supervision.Processes;

using static ClipGuard.Supervision.Processes.MonotonicTime;

namespace ClipGuard.Streams.Sessions;

// Why a run gave no result, or that it gave one. Measured before anything is killed.
internal sealed partial class ToolSession
{
    private const int MaxLogLines = 20;

    private Cause? _cause;
    private bool _cancelled;
    private ToolFault? _fault;
    private IReadOnlyList<StreamReport> _reports = [];

    private void Examine(ToolSessionEvent happened)
    {
        long now = Stopwatch.GetTimestamp();
        foreach (SessionStream member in _members)
        {
            member.ReadProgress(now);
        }

        _cause ??= happened switch
        {
            ToolSessionEvent.TimeOver when _state == ToolSessionState.Opening => NotThere(now >= _deadlineAt ? _options.Deadline : _options.OpenLimit),
            ToolSessionEvent.TimeOver => Stuck(ToolFaultKind.TimedOut, $"Not done within {Seconds(_options.Deadline)}"),
            _ => Stuck(ToolFaultKind.Stalled, $"Nothing moved for {Seconds(_options.StallLimit)}"),
        };
        _reports = [.. _members.Select(member => member.Report())];
        _fault = _cause switch
        {
            Cause.OfStream stream => FaultOf(stream, now),
            Cause.OfTool tool => FaultOfTool(tool.Kind, tool.Message),
            _ => null,
        };
    }

    // The tool has ended by itself: whether it did what it was to do.
    private void Judge()
    {
        var exit = ProcessExit.From(_exited!.Status, default);
        _reports = [.. _members.Select(member => member.Report())];
        FormatNegotiation.Mismatch? mismatch = FormatNegotiation.CompareLengths(_run, [.. _members.Select(member => member.Shape)], _reports);
        if (mismatch is not null)
        {
            _cause = new Cause.OfStream(_members.First(member => member.Name == mismatch.Stream), ToolFaultKind.Mismatched, mismatch.Message);
            _fault = FaultOf((Cause.OfStream)_cause, Stopwatch.GetTimestamp());
        }
        else if (exit.Code is not { } code || !_run.SuccessCodes.Contains(code))
        {
            _fault = FaultOfTool(ToolFaultKind.ToolFailed, $"The tool {exit}.");
        }
        else if (!_run.PartialReading && WhatWasNotRead() is { } unread)
        {
            _fault = FaultOfTool(ToolFaultKind.ToolFailed, $"The tool {exit} and had not read everything: {unread}.");
        }
    }

    // Where lengths may differ, the tool may stop where the shortest stream ends.
    private string? WhatWasNotRead()
    {
        bool mayStop = _run.AnyLength && _reports.Any(report => report is { IsWhole: true, UnreadBytes: 0 });
        string[] unread = mayStop ? [] : [.. _reports.Where(report => !report.IsWhole || report.UnreadBytes > 0).Select(HowFar)];
        return unread.Length == 0 ? null : string.Join(", ", unread);
    }

    private static string HowFar(StreamReport report) => report.Bytes == 0
        ? $"it never opened '{report.Name}'"
        : $"of '{report.Name}' it read {report.Bytes - report.UnreadBytes} bytes and there were {(report.IsWhole ? string.Empty : "more than ")}{report.Bytes}";

    private Cause NotThere(TimeSpan limit)
    {
        // A helper that is not ready has not been given its clip: that it is late says nothing about the clip.
        SessionStream? late = _members.FirstOrDefault(member => member.Shape is null);
        string? unready = late is null ? "The guardian of a tool run" : late.Helper is not { Greeting: not null } ? $"The helper of '{late.Name}'" : null;
        return late is null || unready is not null
            ? new Cause.InfrastructureFailure(new HelperUnavailableException($"{unready} was not ready within {Seconds(limit)}."))
            : new Cause.OfStream(late, ToolFaultKind.TimedOut, $"The stream '{late.Name}' was not there within {Seconds(limit)}; {Doing(late)}.");
    }

    // Who holds a stalled session up: a stream whose helper waits for its reader is held up by the tool, every other one by its own clip.
    private Cause Stuck(ToolFaultKind kind, string what) =>
        _members.FirstOrDefault(member => member.Written is null && !WaitsForReader(member)) is { } own
            ? new Cause.OfStream(own, kind, $"{what}; {Doing(own)}.")
            : new Cause.OfTool(kind, $"{what}; {string.Join(", ", _members.Select(Waiting))}.");

    // The helper's marks alone could lie: it waits for its reader only where nothing was written yet, or unread bytes lie in the pipe.
    private bool WaitsForReader(SessionStream member)
    {
        if (_options.WorkFiles || member.Progress.Stage != DecodeStage.Write)
        {
            return false;
        }

        using UnreadBytesProbe? fifo = UnreadBytesProbe.Open(member.Path);
        return member.WrittenBytes == 0 || fifo?.UnreadBytes() > 0;
    }

    private static string Doing(SessionStream member) => $"'{member.Name}' was in stage {member.Progress.Stage}";

    private static string Waiting(SessionStream member) => member.Written is not null ? $"'{member.Name}' was written whole"
        : member.WrittenBytes == 0 ? $"nobody opened '{member.Name}'"
        : $"after {member.WrittenBytes} bytes nobody read on in '{member.Name}'";

    private ToolFault FaultOf(Cause.OfStream cause, long now)
    {
        SessionStream member = cause.Stream;
        PostMortem postMortem = member.PostMortem(cause.Exit) with { Elapsed = Stopwatch.GetElapsedTime(_startedAt, now) };
        return new ToolFault(member.Name, cause.Kind, cause.Stage ?? member.Progress.Stage, cause.Message, postMortem);
    }

    private ToolFault FaultOfTool(ToolFaultKind kind, string message)
    {
        ProcessExit exit = _exited is { } exited ? ProcessExit.From(exited.Status, default) : default;
        string[] lines = _guardian?.ToolErrors.Lines() ?? [];
        var postMortem = new PostMortem
        {
            Elapsed = Stopwatch.GetElapsedTime(_startedAt),
            CpuTime = _exited is { } end ? TimeSpan.FromSeconds(end.CpuSeconds) : _toolUsed,
            SinceProgress = Stopwatch.GetElapsedTime(_progressAt),
            PeakMemoryBytes = _exited?.PeakMemoryBytes ?? 0,
            Signal = exit.Signal,
            ExitCode = exit.Code,
            Log = [.. lines.TakeLast(MaxLogLines)],
        };
        return new ToolFault(ToolFault.Tool, kind, DecodeStage.None, message, postMortem);
    }
}
