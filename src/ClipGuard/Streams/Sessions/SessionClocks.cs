using ClipGuard.Supervision.Accounting;

using static ClipGuard.Supervision.Processes.MonotonicTime;

namespace ClipGuard.Streams.Sessions;

/// <summary>
/// A session's clocks: how long each state may last, and for how long nothing has moved. Pure: every moment and every figure is handed in.
/// </summary>
/// <remarks>
/// The limits of states run on the wall, so that the caller knows when it is freed. The stall limit is accounted as that of a decode is
/// (<see cref="TimeAccount"/>): time in which a process of the session waited for a processor or was stopped, or in which nobody watched, does not count,
/// for a while.
/// </remarks>
internal sealed class SessionClocks
{
    // Progress is looked for so many times in each stall limit: the CPU time that a tool uses has no time stamp, so that a look too rare would miss
    // when it stopped.
    private const int LooksPerStallLimit = 4;

    // Share of one CPU below which a tool counts as idle: one that only wakes up now and then makes no progress.
    private const double WorkingShare = 0.01;

    private readonly StreamOptions _options;
    private readonly long _startedAt;
    private readonly long _deadlineAt;
    private ToolSessionState _state = ToolSessionState.Opening;
    private long _stateEndsAt;
    private bool _slowOpeningSaid;

    // Of a state that keeps the stall limit.
    private TimeAccount? _account;
    private long _lookAt;
    private long _lookedAt;

    /// <summary>A session begins.</summary>
    /// <param name="options">The limits.</param>
    /// <param name="now">The moment.</param>
    public SessionClocks(StreamOptions options, long now)
    {
        _options = options;
        _startedAt = ProgressAt = now;
        _deadlineAt = now + Nanoseconds(options.Deadline);
        _stateEndsAt = Math.Min(_deadlineAt, now + Nanoseconds(options.OpenLimit));
    }

    /// <summary>When something last moved, as far as is known; no earlier than the state began.</summary>
    public long ProgressAt { get; private set; }

    /// <summary>CPU time of the tool and all that descends from it, at the last look.</summary>
    public TimeSpan ToolCpuTime { get; private set; }

    /// <summary>The next moment at which <see cref="Check"/> has to be asked.</summary>
    public long NextWake =>
        IsSlowOpeningAhead ? Math.Min(_stateEndsAt, SlowOpeningAt)
        : _account is not null ? Math.Min(_stateEndsAt, _lookAt)
        : _stateEndsAt;

    /// <summary>True where nothing has moved for the stall limit, as of the last look.</summary>
    public bool IsStalled => _account is { } account
        && (account.UsableSinceProgress >= _options.StallLimit || account.At - ProgressAt >= LongestStall);

    private bool IsSlowOpeningAhead => _state == ToolSessionState.Opening && !_slowOpeningSaid;

    private long SlowOpeningAt => _startedAt + Nanoseconds(_options.SlowOpening);

    // A tool that stops itself is given up in the end, as a helper that never gets a processor is.
    private long LongestStall => TimeAccount.MostExtension * Nanoseconds(_options.StallLimit);

    private long StallTick => Nanoseconds(_options.StallLimit) / LooksPerStallLimit;

    /// <summary>A state begins.</summary>
    /// <param name="state">The state.</param>
    /// <param name="beginning">What the session's processes have used until now; their threads are not looked at.</param>
    public void Enter(ToolSessionState state, TimeSample beginning)
    {
        _state = state;
        _stateEndsAt = state switch
        {
            ToolSessionState.Filling or ToolSessionState.Running => _deadlineAt,
            ToolSessionState.Draining => beginning.At + Nanoseconds(_options.DrainGrace),
            ToolSessionState.Ending or ToolSessionState.Forcing => beginning.At + Nanoseconds(_options.KillTimeout),
            _ => long.MaxValue,
        };
        _account = state is ToolSessionState.Filling or ToolSessionState.Running ? new TimeAccount(beginning, StallTick) : null;
        ProgressAt = _lookedAt = beginning.At;
        _lookAt = beginning.At + StallTick;
    }

    /// <summary>What it is time for. A slow opening is said once.</summary>
    public SessionAlarm Check(long now)
    {
        if (now >= _stateEndsAt)
        {
            return SessionAlarm.TimeOver;
        }

        if (IsSlowOpeningAhead && now >= SlowOpeningAt)
        {
            _slowOpeningSaid = true;
            return SessionAlarm.SlowOpening;
        }

        return _account is not null && now >= _lookAt ? SessionAlarm.Look : SessionAlarm.None;
    }

    /// <summary>
    /// Accounts the time since the last look. Any clip's progress, any byte on any stream, and any real use of the CPU by the tool is progress.
    /// </summary>
    /// <param name="sample">What is known of the session's processes now.</param>
    /// <param name="streamsProgressAt">When a helper last made progress.</param>
    /// <param name="toolCpuTime">CPU time of the tool and all that descends from it so far; null where there is no guardian.</param>
    public void Look(TimeSample sample, long streamsProgressAt, TimeSpan? toolCpuTime)
    {
        ProgressAt = Math.Max(ProgressAt, streamsProgressAt);
        if (toolCpuTime is { } used)
        {
            if (Nanoseconds(used - ToolCpuTime) >= WorkingShare * (sample.At - _lookedAt))
            {
                ProgressAt = sample.At;
            }

            ToolCpuTime = used;
        }

        _account!.Add(sample, ProgressAt);
        _lookedAt = sample.At;
        long stalledAt = Math.Min(_account.EarliestStall(_options.StallLimit), ProgressAt + LongestStall);
        _lookAt = Math.Min(sample.At + StallTick, Math.Max(sample.At + 1, stalledAt));
    }

    /// <summary>The limit that has run out where the state's time is over.</summary>
    public TimeSpan LimitReached(long now) => _state == ToolSessionState.Opening && now < _deadlineAt ? _options.OpenLimit : _options.Deadline;

    /// <summary>Wall clock since the session began.</summary>
    public TimeSpan Elapsed(long now) => Time(now - _startedAt);
}

/// <summary>What it is time for.</summary>
internal enum SessionAlarm
{
    /// <summary>Nothing yet.</summary>
    None,

    /// <summary>The state has lasted as long as it may.</summary>
    TimeOver,

    /// <summary>A stream, or the guardian, takes long to be there.</summary>
    SlowOpening,

    /// <summary>Progress is to be looked for.</summary>
    Look,
}
