using System.Threading.Channels;

namespace ClipGuard.DryRuns;

/// <summary>
/// The stage that tries unsettled clips again once nothing else is being decoded: with no more decodes at a time than there are processors,
/// and with limits in usable time alone. That is when the last clip has been sent, or when every row that may be held waits for such a clip.
/// </summary>
/// <param name="decideAsync">Decodes one clip to its verdict; null where the run is stopped.</param>
/// <param name="parallel">Decodes at a time.</param>
/// <param name="progress">Where clips are counted.</param>
/// <param name="settle">Gives a clip its verdict.</param>
internal sealed class SettlingStage(
    Func<ClipInFlight, int, ValueTask<ClipVerdict?>> decideAsync, int parallel, DryRunProgress progress, Action<ClipInFlight, ClipVerdict?> settle)
{
    private readonly Lock _gate = new();
    private readonly List<ClipInFlight> _unsettled = [];
    private readonly Channel<IReadOnlyList<ClipInFlight>> _passes =
        Channel.CreateBounded<IReadOnlyList<ClipInFlight>>(new BoundedChannelOptions(1) { SingleReader = true });

    // Clips that were sent to the workers and came to nothing yet. With none of them a pass begins.
    private int _open;
    private TaskCompletionSource? _pass;

    /// <summary>A clip is about to be sent to the workers.</summary>
    public void Sent()
    {
        lock (_gate)
        {
            _open++;
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
            if (_open > 0 || _unsettled.Count == 0 || _pass is not null)
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
}
