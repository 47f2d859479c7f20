using System.Diagnostics;

namespace ClipGuard.DryRuns;

/// <summary>
/// Bounds the bytes of the rows in flight. (Channels bound their number only, and one row may have a hundred bytes or, with clips inside it, tens of
/// megabytes.) One task takes, one gives back. A row that is larger than the whole budget passes when no other is in flight.
/// </summary>
/// <param name="bytes">Most bytes in flight.</param>
/// <param name="flowingBytes">
/// Most of them while nothing holds rows up: where they are taken faster than they are given back, more would only grow old in memory. Null for the same.
/// </param>
internal sealed class RowByteBudget(long bytes, long? flowingBytes = null)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _waiting;
    private long _taken;
    private bool _isHeldUp;

    /// <summary>Rows behind one that is not finished wait for it (true), or no longer do.</summary>
    public void HoldUp(bool isHeldUp)
    {
        TaskCompletionSource? waiting = null;
        lock (_lock)
        {
            _isHeldUp = isHeldUp;
            if (isHeldUp)
            {
                (waiting, _waiting) = (_waiting, null);
            }
        }

        waiting?.SetResult();
    }

    /// <summary>Takes bytes as soon as they are free.</summary>
    /// <param name="count">How many.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="whenFull">Called where they will be free only once the row that holds up the others is finished; null for nothing.</param>
    public async ValueTask TakeAsync(long count, CancellationToken cancellation, Action? whenFull = null)
    {
        while (true)
        {
            Task free;
            bool isFull;
            lock (_lock)
            {
                Debug.Assert(_waiting is null, "One task takes.");
                if (_taken == 0 || _taken + count <= (_isHeldUp ? bytes : flowingBytes ?? bytes))
                {
                    _taken += count;
                    return;
                }

                _waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                free = _waiting.Task;
                isFull = _isHeldUp;
            }

            if (isFull)
            {
                whenFull?.Invoke();
            }

            await free.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Gives bytes back.</summary>
    public void Return(long count)
    {
        TaskCompletionSource? waiting;
        lock (_lock)
        {
            _taken -= count;
            Debug.Assert(_taken >= 0, "Only what was taken comes back.");
            (waiting, _waiting) = (_waiting, null);
        }

        waiting?.SetResult();
    }
}
