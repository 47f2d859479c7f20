namespace ClipGuard.Streams.Sessions;

/// <summary>
/// Counts the sessions of one <see cref="StreamGuard"/> whose processes were killed and do not end.
/// Each holds a thread, helpers and a folder, so they are capped.
/// </summary>
internal sealed class UnkillableSessionCount
{
    /// <summary>More of them say that the machine is sick, and not a clip or a tool.</summary>
    public const int Most = 16;

    private int _count;

    /// <summary>True where no further session may be begun.</summary>
    public bool IsFull => Volatile.Read(ref _count) >= Most;

    /// <summary>Counts one.</summary>
    public void Add() => Interlocked.Increment(ref _count);

    /// <summary>Counts one no longer: its processes have ended after all.</summary>
    public void Remove() => Interlocked.Decrement(ref _count);
}
