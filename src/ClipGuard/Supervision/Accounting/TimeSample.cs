namespace ClipGuard.Supervision.Accounting;

/// <summary>What is known of a helper at one moment.</summary>
/// <param name="At">The moment, in nanoseconds as Stopwatch counts.</param>
/// <param name="CpuNanoseconds">CPU time of the process so far; that of threads that have ended is in it.</param>
/// <param name="BytesWaitNanoseconds">Time that the helper says it has waited for the clip's bytes since dispatch, a wait that is going on included.</param>
/// <param name="Threads">Its live threads; empty at dispatch, when nobody looks.</param>
/// <param name="WatcherDelayNanoseconds">How long the thread that takes the samples has waited for a processor itself since it began.</param>
internal sealed record TimeSample(
    long At, long CpuNanoseconds, long BytesWaitNanoseconds, IReadOnlyList<ThreadSample> Threads, long WatcherDelayNanoseconds = 0)
{
    /// <summary>Where accounting begins: no thread is looked at.</summary>
    public static TimeSample Beginning(long at, long cpuNanoseconds) => new(at, cpuNanoseconds, 0, [], ThreadRunDelays.OwnRunDelay());

    /// <summary>Takes a sample of a live process, on the thread that watches it.</summary>
    public static TimeSample Take(long now, long cpuNanoseconds, long bytesWaitNanoseconds, int pid) =>
        new(now, cpuNanoseconds, bytesWaitNanoseconds, ThreadRunDelays.Read(pid), ThreadRunDelays.OwnRunDelay());
}

/// <summary>One live thread.</summary>
/// <param name="Id">Its number in the kernel.</param>
/// <param name="State">The letter of proc(5): R, S, D, T, t, Z, X, I.</param>
/// <param name="RunDelayNanoseconds">
/// How long it has waited for a processor since it began, throttling by a control group included (second number of schedstat). A wait that is going on
/// is counted only when it ends.
/// </param>
/// <param name="Turns">How often it was given a processor (third number of schedstat); null where the kernel does not count.</param>
internal readonly record struct ThreadSample(int Id, char State, long RunDelayNanoseconds, long? Turns = null)
{
    /// <summary>Whether a thread that could run then is still in the same wait for a processor, or has kept the processor that it had.</summary>
    public bool StillWaitsAs(ThreadSample now) => now.Id == Id && now.State == State && now.Turns == Turns;
}
