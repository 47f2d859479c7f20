using System.ComponentModel;
using System.Diagnostics;

using ClipGuard.Media;
using ClipGuard.Supervision.Fetching;

namespace ClipGuard.Supervision.ReadingAhead;

/// <summary>The fetches of clips at addresses ahead of their decodes, as tasks: no more than <see cref="ReadAheadOptions.Reads"/> at a time.</summary>
/// <param name="gate">The lock of all that is shared.</param>
/// <param name="mostFetches">How many may be in flight.</param>
/// <param name="fetcher">Fetches; stays its owner's.</param>
/// <param name="budget">Where bytes get their room.</param>
/// <param name="metrics">Where fetches are counted.</param>
internal sealed class ReadAheadFetches(Lock gate, int mostFetches, ClipFetcher fetcher, ReadAheadBudget budget, ReadAheadMetrics metrics)
{
    private readonly LinkedList<ReadAheadClip> _queue = [];
    private readonly HashSet<Task> _tasks = [];
    private int _inFlight;
    private bool _stopped;

    /// <summary>A clip is to be fetched. Under the lock.</summary>
    public void Add(ReadAheadClip clip)
    {
        _queue.AddLast(clip.Node);
        Begin();
    }

    /// <summary>Begins no more fetches. Under the lock.</summary>
    /// <returns>Done once those that are in flight are over.</returns>
    public Task Stop()
    {
        _stopped = true;
        return Task.WhenAll([.. _tasks]);
    }

    /// <summary>Begins what there is room for. Under the lock.</summary>
    public void Begin()
    {
        while (!_stopped && _inFlight < mostFetches && _queue.First is { Value: var clip } && budget.HasRoom(clip, LengthOf(clip)))
        {
            _queue.RemoveFirst();
            _inFlight++;
            metrics.CountInFlight(1);
            budget.Reserve(clip, LengthOf(clip));
            clip.ReadBeganAt = Stopwatch.GetTimestamp();
            Task fetch = Task.Run(() => FetchAsync(clip), CancellationToken.None);
            _tasks.Add(fetch);
            _ = fetch.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    // What the row says of it; 0 where it says nothing.
    private static long LengthOf(ReadAheadClip clip) => ((RemoteSource)clip.Original).Length ?? 0;

    private void Forget(Task fetch)
    {
        lock (gate)
        {
            _tasks.Remove(fetch);
        }
    }

    private async Task FetchAsync(ReadAheadClip clip)
    {
        ClipFetchResult? result = null;
        Exception? failure = null;
        try
        {
            result = await fetcher.FetchAsync((RemoteSource)clip.Original, settlingLimit: null, clip.Stop!.Token).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            failure = error;
        }

        SealedBytes? bytes = result?.Bytes is { Bytes: { Length: > 0 } fetched } ? TrySeal(fetched) : null;
        bool isKept;
        lock (gate)
        {
            _inFlight--;
            metrics.CountInFlight(-1);
            isKept = !clip.IsReleased;
            if (isKept)
            {
                budget.Reserve(clip, result?.Bytes?.Bytes.Length ?? 0);
                clip.Bytes = bytes;
                clip.Fetched = bytes is null ? result : null;
                clip.Object = result?.Object;
                clip.Failure = failure;
            }
            else
            {
                budget.GiveBack(clip, isUnused: bytes is not null);
            }

            clip.End();
            Begin();
        }

        if (!isKept)
        {
            bytes?.Dispose();
        }
    }

    private static SealedBytes? TrySeal(ReadOnlyMemory<byte> fetched)
    {
        try
        {
            return SealedBytes.Of(fetched.Span);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
