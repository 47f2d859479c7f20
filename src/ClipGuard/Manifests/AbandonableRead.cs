namespace ClipGuard.Manifests;

/// <summary>
/// Reads of a manifest whose storage may stop answering (a dead mount, a FIFO). Such a read cannot be ended, only left: whoever waits for it can be
/// cancelled, and what it gives when it comes back after all is thrown away.
/// </summary>
internal static class AbandonableRead
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
    /// <param name="limit">The longest that it may take once it has begun.</param>
    /// <param name="cancellation">Leaves it.</param>
    /// <exception cref="ManifestException">It took longer.</exception>
    public static async Task<ManifestRow> OfRowAsync(Func<ManifestRow> read, string manifest, TimeSpan limit, CancellationToken cancellation)
    {
        var reading = Task.Run(read, CancellationToken.None);
        TimeSpan half = TimeSpan.FromMilliseconds(Math.Min(limit.TotalMilliseconds / 2, int.MaxValue));
        TimeoutException? timeout = null;
        int waits = 0;

        // What is no fault of the storage must not be blamed on it: a busy thread pool, on which the read has not begun, does not count, and a process
        // that was stopped for a while finds a wait over at once, and the next one as long as it should be.
        while (waits < 2)
        {
            waits += reading.Status == TaskStatus.WaitingToRun ? 0 : 1;
            try
            {
                return await reading.WaitAsync(half, cancellation).ConfigureAwait(false);
            }
            catch (TimeoutException error) when (!reading.IsFaulted)
            {
                timeout = error;
            }
            catch (OperationCanceledException)
            {
                _ = ThrowAwayAsync(reading);
                throw;
            }
        }

        _ = ThrowAwayAsync(reading);
        throw new ManifestException($"A row of the manifest {manifest} was not read within {limit.TotalSeconds:0.###} s: its storage does not answer.", timeout);
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
