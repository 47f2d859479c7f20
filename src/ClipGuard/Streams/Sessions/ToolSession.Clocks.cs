using System.Diagnostics;

using Microsoft.Extensions.Logging;

using static ClipGuard.Supervision.Processes.MonotonicTime;

namespace ClipGuard.Streams.Sessions;

// The clocks: how long each state may last, and when something last moved.
internal sealed partial class ToolSession
{
    // Progress is looked for so many times in each stall limit: the CPU time that a tool uses has no time stamp, so that a look too rare would miss
    // when it stopped.
    private const int LooksPerStallLimit = 4;

    // Share of one CPU below which a tool counts as idle: one that only wakes up now and then makes no progress.
    private const double WorkingShare = 0.01;

    private long _startedAt;
    private long _deadlineAt;
    private long _timerAt;
    private long _progressAt;
    private long _lookAt;
    private long _lookedAt;
    private long _armedAt;
    private TimeSpan _usedBefore;
    private TimeSpan _toolUsed;
    private bool _slowOpeningSaid;

    private void StartClocks()
    {
        _startedAt = Stopwatch.GetTimestamp();
        _deadlineAt = _startedAt + Nanoseconds(_options.Deadline);
        _timerAt = Math.Min(_deadlineAt, _startedAt + Nanoseconds(_options.OpenLimit));
        foreach (SessionStream member in _members)
        {
            member.Begin(_startedAt);
        }

        Arm();
    }

    private void SetTimer(ToolSessionState state)
    {
        long now = Stopwatch.GetTimestamp();
        _timerAt = state switch
        {
            ToolSessionState.Filling or ToolSessionState.Running => _deadlineAt,
            ToolSessionState.Draining => now + Nanoseconds(_options.DrainGrace),
            ToolSessionState.Ending or ToolSessionState.Forcing => now + Nanoseconds(_options.KillPatience),
            _ => long.MaxValue,
        };
        (_progressAt, _lookedAt) = (now, now);
        _lookAt = now + (Nanoseconds(_options.StallLimit) / LooksPerStallLimit);
    }

    private bool KeepsStallClock => _state is ToolSessionState.Filling or ToolSessionState.Running;

    private void Arm()
    {
        long next = _state == ToolSessionState.Opening && !_slowOpeningSaid ? Math.Min(_timerAt, _startedAt + Nanoseconds(_options.SlowOpening))
            : KeepsStallClock ? Math.Min(_timerAt, _lookAt)
            : _timerAt;
        if (next != _armedAt)
        {
            _armedAt = next;
            _epoll.SetTimer(next);
        }
    }

    private void CheckClocks(long now)
    {
        if (now >= _timerAt)
        {
            Step(ToolSessionEvent.TimeOver);
        }
        else if (_state == ToolSessionState.Opening && !_slowOpeningSaid && now >= _startedAt + Nanoseconds(_options.SlowOpening))
        {
            WarnOfSlowOpening();
        }
        else if (KeepsStallClock && now >= _lookAt)
        {
            Look(now);
            if (now - _progressAt >= Nanoseconds(_options.StallLimit))
            {
                Step(ToolSessionEvent.Stalled);
            }
        }

        Arm();
    }

    // Any clip's progress, any byte on any stream, and any real use of the CPU by the tool counts.
    private void Look(long now)
    {
        foreach (SessionStream member in _members)
        {
            member.ReadProgress(now);
            _progressAt = Math.Max(_progressAt, member.ProgressAt);
        }

        if (_guardian is { } guardian)
        {
            TimeSpan used = ProcessTree.DescendantsCpuTime(guardian.Process.Pid) - _usedBefore;
            if (used - _toolUsed >= WorkingShare * Stopwatch.GetElapsedTime(_lookedAt, now))
            {
                _progressAt = now;
            }

            _toolUsed = used;
        }

        _lookedAt = now;
        _lookAt = Math.Min(now + (Nanoseconds(_options.StallLimit) / LooksPerStallLimit), Math.Max(now + 1, _progressAt + Nanoseconds(_options.StallLimit)));
    }

    private void WarnOfSlowOpening()
    {
        _slowOpeningSaid = true;
        string[] late = [.. _members.Where(member => member.Shape is null).Select(member => $"'{member.Name}'")];
        string missing = late switch
        {
            [] => "The guardian is",
            [var one] => $"The stream {one} is",
            _ => $"The streams {string.Join(" and ", late)} are",
        };
        double limit = _options.OpenLimit.TotalSeconds;
        BackgroundLog.Write(_logger, logger => LogSlowOpening(logger, missing, _options.SlowOpening.TotalSeconds, limit));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Stream '{Stream}': a bug of ClipGuard's own, and the clip is not to blame. {Bug}\n{Stack}")]
    private static partial void LogBug(ILogger logger, string stream, string bug, string stack);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{What} not there after {Seconds} s; it is given up after {Limit} s")]
    private static partial void LogSlowOpening(ILogger logger, string what, double seconds, double limit);

    [LoggerMessage(Level = LogLevel.Error, Message = "A tool run's processes were killed and do not end: they are stuck in the kernel (guardian {Pid})")]
    private static partial void LogUnkillable(ILogger logger, int pid);
}
