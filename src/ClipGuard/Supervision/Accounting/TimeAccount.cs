namespace ClipGuard.Supervision.Accounting;

/// <summary>
/// Accounts a decode's wall clock by cause, from one sample to the next. Pure: every moment and every figure is handed in.
/// </summary>
/// <remarks>
/// Time is given away in this order, each cause taking at most what is left: computed (the CPU clock is exact and includes threads that have ended);
/// stopped, where the process is stopped now or nobody watched for more than two ticks; waited for a processor; waited for bytes; and what nobody
/// claims was blocked in the decoder. Run delays of threads are not added up: four threads that wait for one processor wait four seconds in one.
/// </remarks>
internal sealed class TimeAccount
{
    private const int TicksUnwatched = 2;

    private readonly long _tick;
    private TimeSample _last;
    private long _usableSinceProgress;

    /// <summary>Begins at dispatch.</summary>
    /// <param name="dispatch">The sample at dispatch; its threads are not looked at.</param>
    /// <param name="tickNanoseconds">How often samples are meant to be taken.</param>
    public TimeAccount(TimeSample dispatch, long tickNanoseconds)
    {
        _last = dispatch;
        _tick = tickNanoseconds;
    }

    /// <summary>Where the time went, up to the last sample.</summary>
    public TimeByCause Spent { get; private set; }

    /// <summary>Usable time since the last progress, up to the last sample.</summary>
    public TimeSpan UsableSinceProgress => Time(_usableSinceProgress);

    /// <summary>The moment of the last sample.</summary>
    public long At => _last.At;

    /// <summary>Accounts the time since the last sample.</summary>
    /// <param name="now">What is known now; no earlier than the last sample.</param>
    /// <param name="progressAt">When progress was last made, as far as is known now.</param>
    public void Add(TimeSample now, long progressAt)
    {
        long wall = Math.Max(0, now.At - _last.At);
        long left = wall;
        long computed = Take(ref left, now.CpuNanoseconds - _last.CpuNanoseconds);
        long stopped = Take(ref left, wall > TicksUnwatched * _tick || now.Threads.Any(static thread => thread.State is 'T' or 't') ? left : 0);
        long processor = Take(ref left, now.Threads.Any(static thread => thread.State == 'R') ? left : MostDelay(now.Threads));
        long bytes = Take(
            ref left, now.Threads.Any(static thread => thread.State == 'D') ? left : now.BytesWaitNanoseconds - _last.BytesWaitNanoseconds);
        Spent += new TimeByCause
        {
            Computed = Time(computed),
            Stopped = Time(stopped),
            WaitedForProcessor = Time(processor),
            WaitedForBytes = Time(bytes),
            Blocked = Time(left),
        };

        // What was usable before the progress in this span counts no longer; where in the span it lay nobody knows, so it is taken to lie at its end.
        long usable = computed + left;
        bool moved = progressAt > _last.At;
        _usableSinceProgress = moved ? Math.Min(usable, Math.Max(0, now.At - progressAt)) : _usableSinceProgress + usable;
        _last = now;
    }

    /// <summary>The earliest moment at which so much usable time can have passed without progress, if none is made and nothing is waited for.</summary>
    public long EarliestStall(TimeSpan limit) => _last.At + Math.Max(0, (limit.Ticks * TimeSpan.NanosecondsPerTick) - _usableSinceProgress);

    // At dispatch nobody looks at threads, because that would cost a short decode more than the decode. A thread that was not seen before counts with all that
    // it
    // ever waited: the most that it can have waited since.
    private long MostDelay(IReadOnlyList<ThreadSample> threads)
    {
        long most = 0;
        foreach (ThreadSample thread in threads)
        {
            long before = 0;
            foreach (ThreadSample earlier in _last.Threads)
            {
                before = earlier.Id == thread.Id ? earlier.RunDelayNanoseconds : before;
            }

            most = Math.Max(most, thread.RunDelayNanoseconds - before);
        }

        return most;
    }

    private static long Take(ref long left, long wanted)
    {
        long taken = Math.Clamp(wanted, 0, left);
        left -= taken;
        return taken;
    }

    private static TimeSpan Time(long nanoseconds) => TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
}
