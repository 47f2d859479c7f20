namespace ClipGuard.Supervision.Accounting;

/// <summary>
/// Accounts a decode's wall clock by cause, from one sample to the next. Pure: every moment and every figure is handed in.
/// </summary>
/// <remarks>
/// Time is given away in this order, each cause taking at most what is left: computed (the CPU clock is exact and includes threads that have ended);
/// stopped, where the process is stopped now or nobody watched for more than two ticks; waited for a processor; waited for bytes; and what nobody
/// claims was blocked in the decoder. Run delays of threads are not added up: four threads that wait for one processor wait four seconds in one.
/// <para>
/// The kernel counts a wait for a processor when it ends. What is left of a span at whose end a thread could run is therefore held to be such a wait, and
/// corrected once every thread that waited then has had its turn: a thread that wakes up often for a moment is found waiting at many samples on a busy
/// machine, although the decode as a whole is blocked.
/// </para>
/// </remarks>
internal sealed class TimeAccount
{
    /// <summary>
    /// A limit that leaves out time in which a process waited for a processor or was stopped lasts no more than so many times its length on the wall: a process
    /// that never gets a processor, or stops itself, is given up in the end.
    /// </summary>
    public const int MostExtension = 20;

    private const int TicksUnwatched = 2;

    private readonly long _tick;
    private TimeSample _last;
    private TimeByCause _known;
    private long _usableSinceProgress;

    // Of the last spans, at the end of which a wait was going on: what is held to be a wait for a processor, how much of it came after the last progress,
    // what the helper says it waited for bytes, and the threads as they were before.
    private long _assumed;
    private long _assumedSinceProgress;
    private long _assumedBytes;
    private IReadOnlyList<ThreadSample> _threadsBefore = [];

    /// <summary>Begins at dispatch.</summary>
    /// <param name="dispatch">The sample at dispatch; its threads are not looked at.</param>
    /// <param name="tickNanoseconds">How often samples are meant to be taken.</param>
    public TimeAccount(TimeSample dispatch, long tickNanoseconds)
    {
        _last = dispatch;
        _tick = tickNanoseconds;
    }

    /// <summary>Where the time went, up to the last sample.</summary>
    public TimeByCause Spent => _known with { WaitedForProcessor = _known.WaitedForProcessor + Time(_assumed) };

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
        long stopped = Take(ref left, IsUnwatched(now, wall) || now.Threads.Any(static thread => thread.State is 'T' or 't') ? left : 0);
        bool waitGoesOn = now.Threads.Any(IsRunnable);
        long assumed = Take(ref left, waitGoesOn ? left : 0);
        long processor = Take(ref left, MostDelay(now.Threads, _last.Threads));
        long bytesWait = Math.Max(0, now.BytesWaitNanoseconds - _last.BytesWaitNanoseconds);
        long bytes = Take(ref left, now.Threads.Any(static thread => thread.State == 'D') ? left : bytesWait);
        _known += new TimeByCause
        {
            Computed = Time(computed),
            Stopped = Time(stopped),
            WaitedForProcessor = Time(processor),
            WaitedForBytes = Time(bytes),
            Blocked = Time(left),
        };

        _usableSinceProgress += Correct(now.Threads) + computed + left;
        if (waitGoesOn)
        {
            _threadsBefore = _assumed == 0 ? _last.Threads : _threadsBefore;
            _assumed += assumed;
            _assumedSinceProgress += assumed;
            _assumedBytes += bytesWait;
        }

        // What was usable before the progress in this span counts no longer; where in the span it lay nobody knows, so it is taken to lie at its end.
        if (progressAt > _last.At)
        {
            long since = Math.Max(0, now.At - progressAt);
            _usableSinceProgress = Math.Min(computed + left, since);
            _assumedSinceProgress = Math.Min(assumed, since - _usableSinceProgress);
        }

        _last = now;
    }

    /// <summary>The earliest moment at which so much usable time can have passed without progress, if none is made and nothing is waited for.</summary>
    public long EarliestStall(TimeSpan limit) => _last.At + Math.Max(0, (limit.Ticks * TimeSpan.NanosecondsPerTick) - _usableSinceProgress);

    // A watcher that had no processor itself was late, but what the kernel counted meanwhile still holds.
    private bool IsUnwatched(TimeSample now, long wall) =>
        wall - Math.Max(0, now.WatcherDelayNanoseconds - _last.WatcherDelayNanoseconds) > TicksUnwatched * _tick;

    // Decides about the spans at the end of which a wait was going on, once that wait has been counted. Returns what was usable after all since the last
    // progress.
    private long Correct(IReadOnlyList<ThreadSample> threads)
    {
        ThreadSample[] waited = [.. _last.Threads.Where(IsRunnable)];
        if (_assumed == 0 || waited.Any(thread => threads.Any(thread.StillWaitsAs)))
        {
            return 0;
        }

        // Nothing is known of the wait of a thread that has ended, nor where the kernel does not count.
        bool isCounted = waited.All(thread => thread.Turns is not null && threads.Any(now => now.Id == thread.Id));
        long left = _assumed;
        long processor = Take(ref left, isCounted ? MostDelay(threads, _threadsBefore) : left);
        long bytes = Take(ref left, _assumedBytes);
        _known += new TimeByCause { WaitedForProcessor = Time(processor), WaitedForBytes = Time(bytes), Blocked = Time(left) };
        long usable = Math.Min(left, _assumedSinceProgress);
        _assumed = _assumedSinceProgress = _assumedBytes = 0;
        return usable;
    }

    private static bool IsRunnable(ThreadSample thread) => thread.State == 'R';

    // At dispatch nobody looks at threads, because that would cost a short decode more than the decode. A thread that was not seen before counts with all that
    // it ever waited: the most that it can have waited since.
    private static long MostDelay(IReadOnlyList<ThreadSample> threads, IReadOnlyList<ThreadSample> before)
    {
        long most = 0;
        foreach (ThreadSample thread in threads)
        {
            long earlier = before.FirstOrDefault(earlier => earlier.Id == thread.Id).RunDelayNanoseconds;
            most = Math.Max(most, thread.RunDelayNanoseconds - earlier);
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
