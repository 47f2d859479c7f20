namespace ClipGuard.Loading;

/// <summary>One loop's batches. They are asked for one at a time: an epoch that is asked for two at once would give neither.</summary>
internal sealed class SingleReaderBatchEnumerator(IAsyncEnumerator<Batch> batches) : IAsyncEnumerator<Batch>
{
    private int _isAsked;

    /// <inheritdoc/>
    public Batch Current => batches.Current;

    /// <inheritdoc/>
    public async ValueTask<bool> MoveNextAsync()
    {
        if (Interlocked.Exchange(ref _isAsked, 1) != 0)
        {
            throw new InvalidOperationException(
                "The next batch is asked for while the one before is still awaited: await each MoveNextAsync before the next one.");
        }

        try
        {
            return await batches.MoveNextAsync().ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _isAsked, 0);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Volatile.Read(ref _isAsked) == 0
        ? batches.DisposeAsync()
        : throw new InvalidOperationException("A loop is left while its next batch is still awaited: await it first, or dispose the loader.");
}
