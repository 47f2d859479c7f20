using ClipGuard.Fetching;
using ClipGuard.Media;
using ClipGuard.Supervision.Fetching;

namespace ClipGuard.Supervision.ReadingAhead;

/// <summary>One clip that was announced. All but what is constant is under its owner's lock.</summary>
internal sealed class ReadAheadClip : IReadAheadClip
{
    private readonly Action<ReadAheadClip> _release;
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A clip of which nothing is there yet.</summary>
    /// <param name="original">Where it lies.</param>
    /// <param name="now">This moment, as Stopwatch counts.</param>
    /// <param name="release">Gives back what it holds, once nobody will take it any more. May be called again.</param>
    public ReadAheadClip(ClipSource original, long now, Action<ReadAheadClip> release)
    {
        _release = release;
        Original = original;
        HeardAt = now;
        Node = new LinkedListNode<ReadAheadClip>(this);
        Source = new ReadAheadSource(this);
    }

    /// <inheritdoc/>
    public ClipSource Source { get; }

    /// <summary>Where the clip lies.</summary>
    public ClipSource Original { get; }

    /// <inheritdoc/>
    public long? ReadBeganAt { get; set; }

    /// <summary>When bytes of it came last; before, when it was announced.</summary>
    public long HeardAt { get; set; }

    /// <summary>Its place in the queue, while it has one.</summary>
    public LinkedListNode<ReadAheadClip> Node { get; }

    /// <summary>True from when a decode asks for it.</summary>
    public bool IsWanted { get; set; }

    /// <summary>True once nobody will take it any more.</summary>
    public bool IsReleased { get; set; }

    /// <summary>Bytes that it counts with.</summary>
    public long Reserved { get; set; }

    /// <summary>What was read; null where nothing was, or it has been released.</summary>
    public SealedBytes? Bytes { get; set; }

    /// <summary>What came of a fetch that brought no bytes, or brought them into this process's memory; null otherwise.</summary>
    public ClipFetchResult? Fetched { get; set; }

    /// <summary>What the server said of a whole object that was fetched; otherwise null.</summary>
    public ObjectMetadata? Object { get; set; }

    /// <summary>What the fetch threw: a bug, which is its decode's to throw.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Ends a fetch under way; null for files.</summary>
    public CancellationTokenSource? Stop { get; init; }

    /// <summary>Done once the reading is over, whatever came of it.</summary>
    public Task Done => _done.Task;

    /// <summary>The reading is over.</summary>
    public void End() => _done.TrySetResult();

    /// <inheritdoc/>
    public void Forget() => _release(this);

    /// <inheritdoc/>
    public void Dispose() => _release(this);
}
