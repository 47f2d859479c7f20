using ClipGuard.Manifests;

namespace ClipGuard.Loading;

/// <summary>
/// Reads of a manifest whose storage may stop answering (a dead mount, a FIFO). Such a read cannot be ended, only left: whoever waits for it can be
/// cancelled, and what it gives when it comes back after all is thrown away.
/// </summary>
internal static class UnendingRead
{
    /// <summary>Does a read that may take any time.</summary>
    /// <param name="read">The read.</param>
    /// <param name="cancellation">Leaves it.</param>
    public static async Task<T> RunAsync<T>(Func<Task<T>> read, CancellationToken cancellation)
    {
        var reading = Task.Run(read, CancellationToken.None);
        try
        {
            return await reading.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _ = ThrowAwayAsync(reading);
            throw;
        }
    }

    /// <summary>Reads one row, which takes as long as a decode may at most.</summary>
    /// <param name="read">The read.</param>
    /// <param name="manifest">Name of the manifest.</param>
    /// <param name="limit">The longest that it may take.</param>
    /// <param name="cancellation">Leaves it.</param>
    /// <exception cref="ManifestException">It took longer.</exception>
    public static async Task<ManifestRow> OfRowAsync(Func<ManifestRow> read, string manifest, TimeSpan limit, CancellationToken cancellation)
    {
        try
        {
            return await Task.Run(read, CancellationToken.None).WaitAsync(limit, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException error)
        {
            throw new ManifestException($"A row of the manifest {manifest} was not read within {limit.TotalSeconds:0.###} s: its storage does not answer.", error);
        }
    }

    private static async Task ThrowAwayAsync<T>(Task<T> reading)
    {
        await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (reading.IsCompletedSuccessfully)
        {
            (reading.Result as IDisposable)?.Dispose();
        }
    }
}
