namespace ClipGuard.Manifests;

/// <summary>
/// Reads of a manifest whose storage may stop answering (a dead mount, a FIFO). Such a read cannot be ended. The wait for it can: it is then abandoned, and
/// its result, should it ever come, is disposed.
/// </summary>
internal static class AbandonableRead
{
    /// <summary>Does a read that may take any time.</summary>
    /// <param name="read">The read.</param>
    /// <param name="cancellation">Abandons it.</param>
    public static async Task<T> RunAsync<T>(Func<Task<T>> read, CancellationToken cancellation)
    {
        var reading = Task.Run(read, CancellationToken.None);
        try
        {
            return await reading.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _ = DisposeResultAsync(reading);
            throw;
        }
    }

    /// <summary>Reads one row within a limit.</summary>
    /// <param name="read">The read.</param>
    /// <param name="manifest">Name of the manifest.</param>
    /// <param name="limit">The longest that it may take once it has begun.</param>
    /// <param name="cancellation">Abandons it.</param>
    /// <exception cref="ManifestException">It took longer.</exception>
    public static async Task<ManifestRow> OfRowAsync(Func<ManifestRow> read, string manifest, TimeSpan limit, CancellationToken cancellation)
    {
        var reading = Task.Run(read, CancellationToken.None);
        TimeSpan half = TimeSpan.FromMilliseconds(Math.Min(limit.TotalMilliseconds / 2, int.MaxValue));
        TimeoutException? timeout = null;
        int waits = 0;

        // The limit counts as over after two waits of half of it that both began while the read was running. So time in the queue of a busy thread pool does
        // not count, and where this process is stopped for a while (SIGSTOP), which makes a wait end at once, only one of the two is lost.
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
                _ = DisposeResultAsync(reading);
                throw;
            }
        }

        _ = DisposeResultAsync(reading);
        throw new ManifestException(
            $"A row of the manifest {manifest} was not read within {limit.TotalSeconds:0.###} s: its storage does not answer.", timeout);
    }

    private static async Task DisposeResultAsync<T>(Task<T> reading)
    {
        await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (reading.IsCompletedSuccessfully)
        {
            (reading.Result as IDisposable)?.Dispose();
        }
    }
}
