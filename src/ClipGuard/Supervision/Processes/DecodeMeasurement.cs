using System.Diagnostics;

namespace ClipGuard.Supervision.Processes;

/// <summary>What one decode in a helper has used and how far it has come, and the post-mortem that is made of it. One thread at a time.</summary>
/// <param name="process">The helper's process.</param>
/// <param name="use">What the process uses.</param>
/// <param name="errors">The end of what it wrote to its standard error.</param>
internal sealed unsafe class DecodeMeasurement(HelperProcess process, ProcessUse use, PipeTail errors)
{
    private const int MaxLogLines = 20;

    private long _startedAt;
    private TimeSpan _cpuBefore;

    /// <summary>The marks as they were read last.</summary>
    public Progress Progress { get; private set; }

    /// <summary>When the decode last made progress, as far as the marks that were read say so; its start where it never did.</summary>
    public long ProgressAt { get; private set; }

    /// <summary>A decode begins. What the process has used and written until now is no part of it.</summary>
    public void Begin(long now)
    {
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

    /// <summary>The last lines of the decoder's log and of the process's standard error, oldest first.</summary>
    public string[] LogLines() => [.. Progress.ReadLog(process.Memory.Marks).Concat(errors.Lines()).TakeLast(MaxLogLines)];

    /// <summary>All that is known of the decode now. Taken before a kill, so that it describes the failure and not the kill.</summary>
    /// <param name="exit">How the process ended; the default while it lives.</param>
    public PostMortem PostMortem(ProcessExit exit)
    {
        long now = Stopwatch.GetTimestamp();
        ReadProgress(now);
        bool lives = exit == default;
        TimeSpan cpu = lives ? use.CpuTime() : exit.CpuTime;
        return Progress.PostMortem(_startedAt, ProgressAt, now) with
        {
            CpuTime = cpu > _cpuBefore ? cpu - _cpuBefore : TimeSpan.Zero,
            WasRunning = lives ? use.IsRunning() : null,
            PeakMemoryBytes = lives ? use.PeakMemoryBytes() : process.PeakMemoryBytes(exit),
            Signal = exit.Signal,
            ExitCode = exit.Code,
            Log = LogLines(),
        };
    }
}
