namespace ClipGuard.Supervision.Accounting;

/// <summary>What is known of a helper at one moment.</summary>
/// <param name="At">The moment, in nanoseconds as Stopwatch counts.</param>
/// <param name="CpuNanoseconds">CPU time of the process so far; that of threads that have ended is in it.</param>
/// <param name="BytesWaitNanoseconds">Time that the helper says it has waited for the clip's bytes since dispatch, a wait that is going on included.</param>
/// <param name="Threads">Its live threads; empty at dispatch, when nobody looks.</param>
internal sealed record TimeSample(long At, long CpuNanoseconds, long BytesWaitNanoseconds, IReadOnlyList<ThreadSample> Threads);

/// <summary>One live thread.</summary>
/// <param name="Id">Its number in the kernel.</param>
/// <param name="State">The letter of proc(5): R, S, D, T, t, Z, X, I.</param>
/// <param name="RunDelayNanoseconds">
/// How long it has waited for a processor since it began, throttling by a control group included (second number of schedstat). A wait that is going on
/// is counted only when it ends.
/// </param>
internal readonly record struct ThreadSample(int Id, char State, long RunDelayNanoseconds);
