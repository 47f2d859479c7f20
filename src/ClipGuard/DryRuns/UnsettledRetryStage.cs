using System.Threading.Channels;

namespace ClipGuard.DryRuns;

/// <summary>
/// The stage that tries unsettled clips again once nothing else is being decoded: with no more decodes at a time than there are processors,
/// and with limits in usable time alone. That is when the last clip has been sent, or when every row that may be held waits for such a clip. Between two rows
/// too the workers may have nothing to do for a moment; then clips are tried again only once the first rows have shown that nothing around the run is broken.
/// </summary>
/// <param name="firstRows">Looks at the first rows.</param>
/// <param name="decideAsync">Decodes one clip to its verdict; null where the run is stopped.</param>
/// <param name="parallel">Decodes at a time.</param>
/// <param name="progress">Where clips are counted.</param>
/// <param name="settle">Gives a clip its verdict.</param>
internal sealed class UnsettledRetryStage(
    FirstRowsCheck firstRows,
    Func<ClipInFlight, int, ValueTask<ClipVerdict?>> decideAsync,
    int parallel,
    DryRunProgress progress,
    Action<ClipInFlight, ClipVerdict?> settle)
{
    private readonly Lock _gate = new();
    private readonly List<ClipInFlight> _unsettled = [];
    private readonly Channel<IReadOnlyList<ClipInFlight>> _passes =
        Channel.CreateBounded<IReadOnlyList<ClipInFlight>>(new BoundedChannelOptions(1) { SingleReader = true });

    // Clips that were sent to the workers and came to nothing yet. With none of them a pass may begin.
    private int _open;

    // No clip is sent before a row is finished that waits for an unsettled one, or never again.
    private bool _isFull;
    private bool _hasEnded;
    private TaskCompletionSource? _pass;

    /// <summary>A clip is about to be sent to the workers.</summary>
    public void Sent()
    {
        lock (_gate)
        {
            _open++;
        }
    }

    /// <summary>No row more can be held before one is finished (true), or there is room again.</summary>
    public void RowsWait(bool isFull)
    {
        lock (_gate)
        {
            _isFull = isFull;
            BeginPassIfDue();
        }
    }

    /// <summary>The last clip has been sent.</summary>
    public void LastWasSent()
    {
        lock (_gate)
        {
            _hasEnded = true;
            BeginPassIfDue();
        }
    }

    /// <summary>Waits while unsettled clips are tried again, which are to have the processors for themselves.</summary>
    public Task WaitForPassAsync()
    {
        lock (_gate)
        {
            return _pass?.Task ?? Task.CompletedTask;
        }
    }

    /// <summary>A worker is done with a clip.</summary>
    /// <param name="clip">The clip.</param>
    /// <param name="isUnsettled">True where it is to be tried again here.</param>
    public void Done(ClipInFlight clip, bool isUnsettled)
    {
        lock (_gate)
        {
            if (isUnsettled)
            {
                _unsettled.Add(clip);
            }

            _open--;
            BeginPassIfDue();
        }
    }

    /// <summary>All workers have ended.</summary>
    public void Close() => _passes.Writer.Complete();

    /// <summary>Tries clips again until <see cref="Close"/>. Each is settled, whatever comes of it.</summary>
    public async Task RunAsync()
    {
        await foreach (IReadOnlyList<ClipInFlight> clips in _passes.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            int next = -1;
            await Task.WhenAll(Enumerable.Range(0, Math.Min(parallel, clips.Count)).Select(async worker =>
            {
                for (int index = Interlocked.Increment(ref next); index < clips.Count; index = Interlocked.Increment(ref next))
                {
                    ClipInFlight clip = clips[index];
                    ClipVerdict? verdict = await decideAsync(clip, worker).ConfigureAwait(false);
                    progress.Settled(verdict);
                    settle(clip, verdict);
                }
            })).ConfigureAwait(false);

            lock (_gate)
            {
                _pass!.SetResult();
                _pass = null;
            }
        }
    }

    private void BeginPassIfDue()
    {
        if (_open > 0 || _unsettled.Count == 0 || _pass is not null || !(_isFull || _hasEnded || firstRows.IsOver))
        {
            return;
        }

        _pass = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_passes.Writer.TryWrite([.. _unsettled]))
        {
            throw new InvalidOperationException("Unsettled clips came after the last clip was done.");
        }

        _unsettled.Clear();
    }
}
