using System.Diagnostics;

using ClipGuard.Supervision.Accounting;

namespace ClipGuard.Supervision.Helpers;

// The clocks. A decode is convicted in usable time, which is accounted from one sample to the next; the wall clock frees its caller. The grace periods of the other
// states leave out what the process had to wait for a processor, or was stopped.
internal sealed unsafe partial class Helper
{
    // No more than so many times its length on the wall: a process that never gets a processor is given up in the end.
    private const int MostExtension = 20;

    private static readonly TimeSpan LongestTick = TimeSpan.FromMilliseconds(250);

    private long _stateBeganAt;
    private long _timerAt;
    private long _tick;

    // Of the decode, from its first tick on; null before, so that a short decode costs nothing.
    private TimeAccount? _time;
    private TimeSpan _stealBefore;

    // Of a state with a grace period.
    private TimeAccount? _grace;

    /// <summary>The next moment at which <see cref="CheckClocks"/> has to run.</summary>
    public long NextWake() => State switch
    {
        HelperState.Starting when !_slowStartSaid => Math.Min(NextSample(_grace), _startedAt + Nanoseconds(SlowStart)),
        HelperState.Decoding => Math.Min(NextSample(_time), Math.Min(EarliestStall(), EarliestDeadline())),
        HelperState.Finishing => Math.Min(NextSample(_time), EarliestDeadline()),
        _ when _timerAt == long.MaxValue => long.MaxValue,
        _ => NextSample(_grace),
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
        Sample(now);
        if (State == HelperState.Decoding && _time!.UsableSinceProgress >= _options.StallLimit)
        {
            Step(HelperEvent.Stalled);
        }
        else if (now >= _timerAt || _time!.Spent.Usable >= _attempt!.Patience.Deadline)
        {
            Step(HelperEvent.TimeOver);
        }
    }

    private void CheckGrace(long now)
    {
        SampleGrace(now);
        if (State == HelperState.Starting && !_slowStartSaid && now >= _startedAt + Nanoseconds(SlowStart))
        {
            _slowStartSaid = true;
            _pool.WarnOfSlowStart(this, SlowStart);
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
            _tick = Nanoseconds(Shortest(LongestTick, _options.StallLimit / 8, _options.Deadline / 16));
            return;
        }

        TimeSpan grace = GraceOf(state);
        _tick = Nanoseconds(Shortest(LongestTick, grace / 8, grace / 8));
        _timerAt = grace == TimeSpan.MaxValue ? long.MaxValue : _stateBeganAt + Nanoseconds(grace);
        if (state == HelperState.HungUp && _attempt is not null)
        {
            _timerAt = Math.Min(_timerAt, _deadlineAt);
        }
    }

    private TimeSpan GraceOf(HelperState state) => state switch
    {
        HelperState.Starting => _options.StartLimit,
        HelperState.HungUp => HangUpGrace,
        HelperState.Leaving => LeaveGrace,
        HelperState.Dying => _options.KillPatience,
        _ => TimeSpan.MaxValue,
    };

    private long NextSample(TimeAccount? account) => Math.Min(_timerAt, (account?.At ?? _stateBeganAt) + _tick);

    private long EarliestStall() => _time?.EarliestStall(_options.StallLimit) ?? (_progressAt + Nanoseconds(_options.StallLimit));

    private long EarliestDeadline() =>
        _time is { } time ? time.At + Nanoseconds(Longest(_attempt!.Patience.Deadline - time.Spent.Usable, TimeSpan.Zero)) : _timerAt;

    // Accounts the decode's time up to now.
    private void Sample(long now)
    {
        ReadProgress(now);
        if (_time is null)
        {
            _time = new TimeAccount(new TimeSample(_dispatchedAt, Nanoseconds(_cpuBefore), 0, []), _tick);
            _stealBefore = MachineSteal.Read();
        }

        long waitedForBytes = Progress.ReadBytesWait(Process.Memory.Marks, _dispatchedAt, now);
        _time.Add(new TimeSample(now, Nanoseconds(_use.CpuTime()), waitedForBytes, ThreadTimes.Read(Process.Pid)), _progressAt);
    }

    private void SampleGrace(long now)
    {
        _grace ??= new TimeAccount(new TimeSample(_stateBeganAt, Nanoseconds(_use.CpuTime()), 0, []), _tick);
        _grace.Add(new TimeSample(now, Nanoseconds(_use.CpuTime()), 0, ThreadTimes.Read(Process.Pid)), progressAt: 0);
    }

    private void ReadProgress(long now)
    {
        var progress = Progress.Read(Process.Memory.Marks);
        _progressAt = progress.LastMoved(_progress, _progressAt, now);
        _progress = progress;
    }

    private static TimeSpan Shortest(TimeSpan one, TimeSpan two, TimeSpan three) => new(Math.Min(one.Ticks, Math.Min(two.Ticks, three.Ticks)));

    private static TimeSpan Longest(TimeSpan one, TimeSpan two) => one > two ? one : two;

    private static long Nanoseconds(TimeSpan time) => time.Ticks * TimeSpan.NanosecondsPerTick;
}
