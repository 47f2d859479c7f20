using ClipGuard.Supervision.Accounting;

using static ClipGuard.Supervision.Processes.MonotonicTime;

namespace ClipGuard.Supervision.Helpers;

/// <summary>
/// A helper's clocks: how long each state may last, and when its time is to be looked at next. Pure: every moment and every figure is handed in.
/// </summary>
/// <remarks>
/// Faults of a decode depend on usable time, which is accounted from one sample to the next; at the deadline on the wall clock the caller is freed. The grace
/// periods of the other states leave out what the process had to wait for a processor, or was stopped, for a while (<see cref="TimeAccount"/>).
/// </remarks>
internal sealed class HelperClocks
{
    // Of a grace period, how much has to have been the process's to use: not all, because the first tick and each sample lose a little.
    private const double NearlyAll = 0.9;

    private static readonly TimeSpan LongestTick = TimeSpan.FromMilliseconds(250);

    private readonly SupervisorOptions _options;
    private readonly long _startedAt;
    private bool _slowStartSaid;

    private HelperState _state;
    private long _beganAt;

    // When the state is over, as far as is known; long.MaxValue where it may last.
    private long _endsAt;

    // Of a state with a grace period. The account begins with the first look, so that a short state costs nothing.
    private TimeAccount? _grace;
    private long _graceTick;

    // Of the decode that was given last: when its caller is freed, and how much usable time it may have.
    private long _deadlineAt = long.MaxValue;
    private TimeSpan _deadline;

    /// <summary>A helper's process has been started.</summary>
    /// <param name="options">The limits.</param>
    /// <param name="now">The moment.</param>
    public HelperClocks(SupervisorOptions options, long now)
    {
        _options = options;
        _startedAt = now;
        DecodeTick = Nanoseconds(Shorter(LongestTick, Shorter(options.StallLimit / 8, options.Deadline / 16)));
        Enter(HelperState.Starting, now);
    }

    /// <summary>
    /// How often the time of a decode is accounted, in nanoseconds: so often that the first span, of which least is known, is small beside both limits.
    /// </summary>
    public long DecodeTick { get; }

    // A helper that waits for a processor is not slow: the machine is.
    private long SlowStartAt => _startedAt + Nanoseconds(_options.SlowStart + Excused);

    private TimeSpan Excused => _grace is null ? TimeSpan.Zero : _grace.Spent.WaitedForProcessor + _grace.Spent.Stopped;

    private long NextGraceSample => Math.Min(_endsAt, (_grace?.At ?? _beganAt) + _graceTick);

    private TimeSpan Grace => _state switch
    {
        HelperState.Starting => _options.StartLimit,
        HelperState.Checking => _options.CheckGrace,
        HelperState.HungUp => _options.HangUpGrace,
        HelperState.Leaving => _options.LeaveGrace,
        HelperState.Dying => _options.KillTimeout,
        _ => TimeSpan.MaxValue,
    };

    /// <summary>A decode is given to the helper: its clocks start.</summary>
    public void Dispatch(DecodeTimeLimits timeLimits, long now)
    {
        _deadline = timeLimits.Deadline;
        _deadlineAt = now + Nanoseconds(timeLimits.WallLimit);
    }

    /// <summary>A state begins.</summary>
    public void Enter(HelperState state, long now)
    {
        _state = state;
        _beganAt = now;
        _grace = null;
        if (state is HelperState.Decoding or HelperState.Finishing)
        {
            _endsAt = _deadlineAt;
            return;
        }

        TimeSpan grace = Grace;
        _graceTick = Nanoseconds(Shorter(LongestTick, grace / 8));
        _endsAt = AtDeadlineAtLatest(grace == TimeSpan.MaxValue ? long.MaxValue : now + Nanoseconds(grace));
    }

    /// <summary>The next moment at which the helper has to be looked at.</summary>
    /// <param name="decode">The times of its decode; of no matter where it has none.</param>
    public long NextWake(in DecodeTimes decode) => _state switch
    {
        HelperState.Starting when !_slowStartSaid => Math.Min(NextGraceSample, SlowStartAt),
        HelperState.Decoding => Math.Min(NextDecodeSample(decode), decode.Stall),
        HelperState.Finishing => NextDecodeSample(decode),
        _ when _endsAt == long.MaxValue => long.MaxValue,
        _ => NextGraceSample,
    };

    /// <summary>Whether a decode's time is over, or it has stalled.</summary>
    /// <param name="now">The moment of its last sample.</param>
    /// <param name="usable">Usable time that it has had.</param>
    /// <param name="usableSinceProgress">How much of that came after its last progress.</param>
    /// <returns>What has happened; null where it may go on.</returns>
    public HelperEvent? CheckDecode(long now, TimeSpan usable, TimeSpan usableSinceProgress) =>
        _state == HelperState.Decoding && usableSinceProgress >= _options.StallLimit ? HelperEvent.Stalled
        : now >= _endsAt || usable >= _deadline ? HelperEvent.TimeOver
        : null;

    /// <summary>Accounts the time of a grace period.</summary>
    /// <param name="sample">What is known of the process now.</param>
    public void AddGrace(TimeSample sample)
    {
        // Nothing was looked at when the state began, and what the process had computed by then is no part of it.
        _grace ??= new TimeAccount(sample with { At = _beganAt, BytesWaitNanoseconds = 0, Threads = [] }, _graceTick);
        _grace.Add(sample, progressAt: 0);
    }

    /// <summary>True once, where a helper takes long to start.</summary>
    public bool SaySlowStart(long now)
    {
        bool isSlow = _state == HelperState.Starting && !_slowStartSaid && now >= SlowStartAt;
        _slowStartSaid |= isSlow;
        return isSlow;
    }

    /// <summary>Whether a grace period has run out, as far as was accounted.</summary>
    public bool IsGraceOver(long now)
    {
        if (now < _endsAt)
        {
            return false;
        }

        long grace = Nanoseconds(Grace);
        _endsAt = AtDeadlineAtLatest(_beganAt + Math.Min(grace + Nanoseconds(Excused), grace * TimeAccount.MostExtension));
        return now >= _endsAt;
    }

    /// <summary>Whether a grace period that has run out was really the process's to use.</summary>
    public bool HadItsGrace(long now) => Time(now - _beganAt) - Excused >= NearlyAll * Grace;

    // A caller is freed at the deadline, whatever its helper is at. One that hung up without having had a decode has none.
    private long AtDeadlineAtLatest(long at) => _state == HelperState.HungUp ? Math.Min(at, _deadlineAt) : at;

    private long NextDecodeSample(in DecodeTimes decode) => Math.Min(_endsAt, Math.Min(decode.Sample, decode.Usable));

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}

/// <summary>Moments of a decode, as far as was measured of it.</summary>
/// <param name="Sample">When its time is to be accounted next.</param>
/// <param name="Usable">The earliest at which its deadline can have been usable time.</param>
/// <param name="Stall">The earliest at which it can have made no progress for the stall limit.</param>
internal readonly record struct DecodeTimes(long Sample, long Usable, long Stall);
