using System.Diagnostics;

using ClipGuard.Supervision.Accounting;

namespace ClipGuard.Supervision.Processes;

/// <summary>What one decode in a helper has used and how far it has come, and the post-mortem that is made of it. One thread at a time.</summary>
/// <param name="process">The helper's process.</param>
/// <param name="use">What the process uses.</param>
/// <param name="errors">The end of what it wrote to its standard error.</param>
internal sealed unsafe class DecodeMeter(HelperProcess process, ProcessUsage use, PipeTail errors)
{
    private const int MaxLogLines = 20;

    private long _startedAt;
    private long _tick;

    // From the decode's first tick on; null before, so that a short decode costs nothing.
    private TimeAccount? _account;
    private TimeSpan _stealBefore;
    private TimeSpan _cpuBefore;

    /// <summary>The marks as they were read last.</summary>
    public Progress Progress { get; private set; }

    /// <summary>When the decode last made progress, as far as the marks that were read say so; its start where it never did.</summary>
    public long ProgressAt { get; private set; }

    /// <summary>The decode's wall clock by cause, up to the last <see cref="Sample"/>.</summary>
    public TimeByCause Time => _account?.Spent ?? default;

    /// <summary>Usable time since the last progress, up to the last <see cref="Sample"/>.</summary>
    public TimeSpan UsableSinceProgress => _account?.UsableSinceProgress ?? TimeSpan.Zero;

    /// <summary>What the decode waited for between the last two samples that were half a tick apart or more.</summary>
    public OffCpuReason Wait { get; private set; }

    /// <summary>When the decode's time is to be accounted next.</summary>
    public long NextSample => (_account?.At ?? _startedAt) + _tick;

    /// <summary>A decode begins. What the process has used and written until now is no part of it.</summary>
    /// <param name="now">When.</param>
    /// <param name="tick">How often its time is accounted, in nanoseconds; null where it is not.</param>
    public void Begin(long now, long? tick = null)
    {
        _tick = tick ?? long.MaxValue / 2;
        _account = null;
        Wait = OffCpuReason.None;
        process.Memory.ClearMarks();
        errors.Forget();
        Progress = default;
        _cpuBefore = use.CpuTime();
        _startedAt = ProgressAt = now;
    }

    /// <summary>Reads the marks.</summary>
    public void ReadProgress(long now)
    {
        var progress = Progress.Read(process.Memory.Marks);
        ProgressAt = progress.LastMoved(Progress, ProgressAt, now);
        Progress = progress;
    }

    /// <summary>Accounts the decode's time up to now.</summary>
    public void Sample(long now)
    {
        ReadProgress(now);
        if (_account is null)
        {
            _account = new TimeAccount(TimeSample.Beginning(_startedAt, MonotonicTime.Nanoseconds(_cpuBefore)), _tick);
            _stealBefore = CpuStealTime.Read();
        }

        TimeByCause before = _account.Spent;
        long waitedForBytes = Progress.ReadBytesWait(process.Memory.Marks, _startedAt, now);
        _account.Add(TimeSample.Take(now, MonotonicTime.Nanoseconds(use.CpuTime()), waitedForBytes, process.Pid), ProgressAt);
        if (MonotonicTime.Nanoseconds(Time.Total - before.Total) >= _tick / 2)
        {
            Wait = OffCpuReasons.Between(before, Time);
        }
    }

    /// <summary>The earliest moment at which the stall limit can have passed in usable time.</summary>
    public long EarliestStall(TimeSpan limit) => _account?.EarliestStall(limit) ?? (ProgressAt + MonotonicTime.Nanoseconds(limit));

    /// <summary>The earliest moment at which so much time can have been usable since the decode began.</summary>
    public long EarliestUsable(TimeSpan limit) => _account is { } account
        ? account.At + Math.Max(0, MonotonicTime.Nanoseconds(limit - account.Spent.Usable))
        : _startedAt + MonotonicTime.Nanoseconds(limit);

    /// <summary>The last lines of the decoder's log and of the process's standard error, oldest first.</summary>
    public string[] LogLines() => [.. Progress.ReadLog(process.Memory.Marks).Concat(errors.Lines()).TakeLast(MaxLogLines)];

    /// <summary>All that is known of the decode now. Taken before a kill, so that it describes the failure and not the kill.</summary>
    /// <param name="exit">How the process ended; the default while it lives.</param>
    public PostMortem PostMortem(ProcessExit exit)
    {
        long now = Stopwatch.GetTimestamp();
        ReadProgress(now);
        bool lives = exit == default;
        if (lives && (_account is not null || now - _startedAt >= _tick))
        {
            Sample(now);
        }

        TimeSpan steal = _account is null ? TimeSpan.Zero : CpuStealTime.Read() - _stealBefore;
        TimeSpan cpu = lives ? use.CpuTime() : exit.CpuTime;
        return Progress.PostMortem(_startedAt, ProgressAt, now) with
        {
            CpuTime = cpu > _cpuBefore ? cpu - _cpuBefore : TimeSpan.Zero,
            Time = Time,
            CpuStealTime = steal > TimeSpan.Zero ? steal : TimeSpan.Zero,
            WasRunning = lives ? use.IsRunning() : null,
            PeakMemoryBytes = lives ? use.PeakMemoryBytes() : process.PeakMemoryBytes(exit),
            Signal = exit.Signal,
            ExitCode = exit.Code,
            Log = LogLines(),
        };
    }
}
