namespace ClipGuard.Loading;

/// <summary>
/// Bounds what is made ahead of the consumer, in batches and in bytes. A batch that is just begun counts with the bytes that the last one came to.
/// One task enters; any leave.
/// </summary>
internal sealed class PrefetchGate(int maxBatches, long maxBytes)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _waiting;
    private int _batches;
    private long _bytes;
    private long _expected;

    /// <summary>Waits until one more batch may be begun.</summary>
    /// <returns>The bytes it counts with; give them to <see cref="Settle"/> or <see cref="Leave"/>.</returns>
    public async ValueTask<long> EnterAsync(CancellationToken cancellation)
    {
        while (true)
        {
            Task wait;
            lock (_gate)
            {
                bool isFree = _batches == 0 || (_batches < maxBatches && _bytes + _expected <= maxBytes);
                if (isFree)
                {
                    _batches++;
                    _bytes += _expected;
                    return _expected;
                }

                _waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                wait = _waiting.Task;
            }

            await wait.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>A batch is complete, and its bytes are known.</summary>
    /// <returns>The bytes it counts with from now on.</returns>
    public long Settle(long counted, long bytes)
    {
        lock (_gate)
        {
            _bytes += bytes - counted;
            _expected = bytes;
            Wake();
        }

        return bytes;
    }

    /// <summary>The consumer has taken a batch.</summary>
    public void Leave(long counted)
    {
        lock (_gate)
        {
            _batches--;
            _bytes -= counted;
            Wake();
        }
    }

    private void Wake()
    {
        _waiting?.TrySetResult();
        _waiting = null;
    }
}
