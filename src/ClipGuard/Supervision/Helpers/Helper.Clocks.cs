using System.Diagnostics;

using ClipGuard.Supervision.Accounting;

using static ClipGuard.Supervision.Processes.MonotonicTime;

namespace ClipGuard.Supervision.Helpers;

// The clocks. Faults depend on usable time, which is accounted from one sample to the next; after the deadline on the wall clock the caller is freed. The grace
// periods
// of the other states leave out what the process had to wait for a processor, or was stopped.
internal sealed partial class Helper
{
    // No more than so many times its length on the wall: a process that never gets a processor is given up in the end.
    private const int MostExtension = 20;

    private static readonly TimeSpan LongestTick = TimeSpan.FromMilliseconds(250);

    private long _stateBeganAt;
    private long _timerAt;
    private long _graceTick;

    // Whether its decode waits, and leaves its place to another one.
    private bool _isWaiting;

    // Of a state with a grace period.
    private TimeAccount? _grace;

    // How often the time of a decode is accounted, in nanoseconds: so often that the first span, of which least is known, is small beside both limits.
    private long DecodeTick => Nanoseconds(Shortest(LongestTick, _options.StallLimit / 8, _options.Deadline / 16));

    // A helper that waits for a processor is not slow: the machine is.
    private long SlowStartAt => _startedAt + Nanoseconds(_options.SlowStart + Excused(_grace));

    /// <summary>The next moment at which <see cref="CheckClocks"/> has to run.</summary>
    public long NextWake() => State switch
    {
        HelperState.Starting when !_slowStartSaid => Math.Min(NextGraceSample(), SlowStartAt),
        HelperState.Decoding => Math.Min(NextDecodeSample(), _measurement.EarliestStall(_options.StallLimit)),
        HelperState.Finishing => NextDecodeSample(),
        _ when _timerAt == long.MaxValue => long.MaxValue,
        _ => NextGraceSample(),
    };

    /// <summary>Lets the time pass: takes a sample, warns, or steps where a clock has run out.</summary>
    public void CheckClocks(long now)
    {
        if (now < NextWake())
        {
            return;
        }

        switch (State)
        {
            case HelperState.Decoding:
            case HelperState.Finishing:
                CheckDecode(now);
                break;
            default:
                CheckGrace(now);
                break;
        }
    }

    private void CheckDecode(long now)
    {
        _measurement.Sample(now);
        LookWhetherItWaits(now);
        if (State == HelperState.Decoding && _measurement.UsableSinceProgress >= _options.StallLimit)
        {
            Step(HelperEvent.Stalled);
        }
        else if (now >= _timerAt || _measurement.Time.Usable >= _attempt!.Patience.Deadline)
        {
            Step(HelperEvent.TimeOver);
        }
        else if (HoldsTooMuch() || Process.Home is { Use.IsTooMuch: true })
        {
            Step(HelperEvent.OverMemory);
        }
    }

    private void LookWhetherItWaits(long now)
    {
        bool movedLately = now - _measurement.ProgressAt < DecodeTick / 2;
        SetWaiting(_measurement.Wait switch
        {
            DecodeWait.Blocked => true,
            DecodeWait.ForBytes => movedLately || _pool.Storage.HasAnsweredSince(_measurement.ProgressAt),
            _ => false,
        });
        if (_isWaiting)
        {
            _pool.Leases.ServeBeside();
        }
    }

    private void SetWaiting(bool waits)
    {
        if (waits != _isWaiting)
        {
            _isWaiting = waits;
            _pool.Leases.Wait(waits);
        }
    }

    // The kernel counts private memory against the limit that the helper has set itself, and only while it can be written to. All that is held is looked at
    // here. The payload has a limit of its own.
    private bool HoldsTooMuch() => _use.HeldBytes(Process.Memory.AllocatedBytes) > _use.MemoryLimitBytes;

    private void CheckGrace(long now)
    {
        SampleGrace(now);
        if (State == HelperState.Starting && !_slowStartSaid && now >= SlowStartAt)
        {
            _slowStartSaid = true;
            _pool.Log.SlowStart(Process.Pid, _options);
        }

        if (now >= _timerAt && now >= ExtendedTimer())
        {
            Step(HelperEvent.TimeOver);
        }
    }

    // A caller is freed at the deadline, whatever its helper is at.
    private long ExtendedTimer()
    {
        long grace = Nanoseconds(GraceOf(State));
        long extended = _stateBeganAt + Math.Min(grace + Nanoseconds(Excused(_grace)), grace * MostExtension);
        return _timerAt = State == HelperState.HungUp && _attempt is not null ? Math.Min(extended, _deadlineAt) : extended;
    }

    /// <summary>Whether a grace period that has run out was really the process's to use: nine tenths of it.</summary>
    private bool HadItsGrace() => Stopwatch.GetElapsedTime(_stateBeganAt) - Excused(_grace) >= 0.9 * GraceOf(State);

    private static TimeSpan Excused(TimeAccount? account) => account is null ? TimeSpan.Zero : account.Spent.WaitedForProcessor + account.Spent.Stopped;

    private void SetTimer(HelperState state)
    {
        _stateBeganAt = Stopwatch.GetTimestamp();
        _grace = null;
        if (state is HelperState.Decoding or HelperState.Finishing)
        {
            _timerAt = _deadlineAt;
            return;
        }

        TimeSpan grace = GraceOf(state);
        _graceTick = Nanoseconds(Shortest(LongestTick, grace / 8, grace / 8));
        _timerAt = grace == TimeSpan.MaxValue ? long.MaxValue : _stateBeganAt + Nanoseconds(grace);
        if (state == HelperState.HungUp && _attempt is not null)
        {
            _timerAt = Math.Min(_timerAt, _deadlineAt);
        }
    }

    private TimeSpan GraceOf(HelperState state) => state switch
    {
        HelperState.Starting => _options.StartLimit,
        HelperState.Checking => _options.CheckGrace,
        HelperState.HungUp => _options.HangUpGrace,
        HelperState.Leaving => _options.LeaveGrace,
        HelperState.Dying => _options.KillPatience,
        _ => TimeSpan.MaxValue,
    };

    private long NextDecodeSample() =>
        Math.Min(_timerAt, Math.Min(_measurement.NextSample, _measurement.EarliestUsable(_attempt!.Patience.Deadline)));

    private long NextGraceSample() => Math.Min(_timerAt, (_grace?.At ?? _stateBeganAt) + _graceTick);

    private void SampleGrace(long now)
    {
        _grace ??= new TimeAccount(TimeSample.Beginning(_stateBeganAt, Nanoseconds(_use.CpuTime())), _graceTick);
        _grace.Add(TimeSample.Take(now, Nanoseconds(_use.CpuTime()), bytesWaitNanoseconds: 0, Process.Pid), progressAt: 0);
    }

    private static TimeSpan Shortest(TimeSpan one, TimeSpan two, TimeSpan three) => new(Math.Min(one.Ticks, Math.Min(two.Ticks, three.Ticks)));
}
