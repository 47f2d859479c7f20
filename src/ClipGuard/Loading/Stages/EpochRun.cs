using System.Collections.Concurrent;
using System.Threading.Channels;

using ClipGuard.Media;

namespace ClipGuard.Loading;

/// <summary>
/// The stages of one epoch at work: plan → places to fill → workers → batches. Owns its tasks: whoever disposes it waits until all have ended.
/// A stage that fails ends the others, and its error comes out where batches are taken.
/// </summary>
internal sealed class EpochRun : IAsyncDisposable
{
    private const int RememberedShapes = 16;

    private readonly LoaderOptions _options;
    private readonly BatchMemory _memory;
    private readonly EpochPlan _plan;
    private readonly SampleDecoding _decoding;
    private readonly PrefetchGate _gate;
    private readonly CancellationTokenSource _stop;
    private readonly Channel<(BatchDraft Draft, int Slot)> _places;
    private readonly Channel<BatchDraft> _drafts;
    private readonly ConcurrentDictionary<BatchDraft, long> _begun = [];
    private readonly Dictionary<ClipKind, Queue<int[]>> _shapes = [];
    private readonly Lock _shapesGate = new();
    private readonly Task _stages;

    public EpochRun(
        LoaderOptions options, BatchMemory memory, EpochPlan plan, SampleDecoding decoding,
        long firstBatch, IReadOnlySet<long> consumedAhead, CancellationToken cancellation)
    {
        _options = options;
        _memory = memory;
        _plan = plan;
        _decoding = decoding;
        _gate = new PrefetchGate(options.PrefetchBatches, options.PrefetchBytes);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        int workers = options.Supervision.Workers;
        _places = Channel.CreateBounded<(BatchDraft, int)>(new BoundedChannelOptions(workers) { SingleWriter = true });

        // Never full: the gate lets no more batches begin than fit.
        _drafts = Channel.CreateBounded<BatchDraft>(new BoundedChannelOptions(options.PrefetchBatches + 1) { SingleReader = true });
        _stages = RunAsync([PlanAsync(firstBatch, consumedAhead), .. Enumerable.Range(0, workers).Select(_ => Task.Run(WorkAsync, CancellationToken.None))]);
    }

    /// <summary>Takes the next batch.</summary>
    /// <returns>Null once there are no more.</returns>
    public async ValueTask<Batch?> TakeAsync()
    {
        while (await _drafts.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
        {
            if (!_drafts.Reader.TryRead(out BatchDraft? draft))
            {
                continue;
            }

            await draft.Done.WaitAsync(_stop.Token).ConfigureAwait(false);
            Batch batch = draft.Finish(_options, _memory, out IReadOnlyDictionary<ClipKind, int[]> shapes);
            Remember(shapes);
            End(draft);
            return batch;
        }

        return null;
    }

    /// <summary>Why the stages ended before their time; null where they did not, or were told to.</summary>
    public async ValueTask<Exception?> FailureAsync()
    {
        try
        {
            await _stages.ConfigureAwait(false);
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _stages.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (BatchDraft draft in _begun.Keys)
        {
            End(draft);
            draft.Dispose();
        }

        _stop.Dispose();
    }

    private async Task RunAsync(Task[] stages)
    {
        // The first to fail stops the others; the error that counts is the first that is not merely the stop.
        Exception? failure = null;
        var open = new List<Task>(stages);
        while (open.Count > 0)
        {
            Task ended = await Task.WhenAny(open).ConfigureAwait(false);
            open.Remove(ended);
            if (!ended.IsCompletedSuccessfully)
            {
                Exception error = ended.Exception?.InnerException ?? new TaskCanceledException(ended);
                failure = failure is null or OperationCanceledException ? error : failure;
                await _stop.CancelAsync().ConfigureAwait(false);
            }
        }

        _drafts.Writer.TryComplete(failure);
        if (failure is not null)
        {
            throw failure;
        }
    }

    private async Task PlanAsync(long firstBatch, IReadOnlySet<long> consumedAhead)
    {
        var unordered = new List<Task>();
        long number = firstBatch;
        await foreach (PlannedSample?[] samples in _plan.ReadAsync(firstBatch, _stop.Token).ConfigureAwait(false))
        {
            if (!consumedAhead.Contains(number))
            {
                long counted = await _gate.EnterAsync(_stop.Token).ConfigureAwait(false);
                BatchDraft draft = Begin(number, samples, counted);
                if (_options.InOrder)
                {
                    await _drafts.Writer.WriteAsync(draft, _stop.Token).ConfigureAwait(false);
                }
                else
                {
                    unordered.RemoveAll(static task => task.IsCompletedSuccessfully);
                    unordered.Add(DeliverWhenDoneAsync(draft));
                }

                for (int slot = 0; slot < samples.Length; slot++)
                {
                    await _places.Writer.WriteAsync((draft, slot), _stop.Token).ConfigureAwait(false);
                }
            }

            number++;
        }

        _places.Writer.Complete();
        await Task.WhenAll(unordered).ConfigureAwait(false);
    }

    private async Task DeliverWhenDoneAsync(BatchDraft draft)
    {
        await draft.Done.WaitAsync(_stop.Token).ConfigureAwait(false);
        await _drafts.Writer.WriteAsync(draft, _stop.Token).ConfigureAwait(false);
    }

    private async Task WorkAsync()
    {
        await foreach ((BatchDraft draft, int slot) in _places.Reader.ReadAllAsync(_stop.Token).ConfigureAwait(false))
        {
            SlotResult result = await _decoding.FillAsync(draft, slot, _stop.Token).ConfigureAwait(false);
            draft.Fill(slot, result);
            if (draft.Done.IsCompleted && _begun.TryGetValue(draft, out long counted))
            {
                _begun.TryUpdate(draft, _gate.Settle(counted, draft.Bytes), counted);
            }
        }
    }

    private BatchDraft Begin(long number, PlannedSample?[] samples, long counted)
    {
        var tensors = new Dictionary<ClipKind, TensorDraft>();
        foreach (ClipKind kind in Enum.GetValues<ClipKind>())
        {
            if (_options.SpecOf(kind) is not null)
            {
                ElementType element = kind == ClipKind.Audio ? ElementType.Float32 : ElementType.UInt8;
                tensors.Add(kind, new TensorDraft(
                    kind.ToString().ToLowerInvariant(), element, samples.Length, _memory, Expected(kind), _options.ClipsPerSample ?? 1));
            }
        }

        var draft = new BatchDraft(number, samples, tensors);
        _begun[draft] = counted;
        LoaderTelemetry.Begun();
        return draft;
    }

    private void End(BatchDraft draft)
    {
        if (_begun.TryRemove(draft, out long counted))
        {
            _gate.Leave(counted);
            LoaderTelemetry.Taken();
        }
    }

    // Room for the largest of the last batches, so that stretches seldom have to grow and one long clip is forgotten again.
    private int[]? Expected(ClipKind kind)
    {
        lock (_shapesGate)
        {
            if (!_shapes.TryGetValue(kind, out Queue<int[]>? seen))
            {
                return null;
            }

            int[] largest = [.. seen.Peek()];
            foreach (int[] shape in seen)
            {
                for (int dimension = 0; dimension < largest.Length; dimension++)
                {
                    largest[dimension] = Math.Max(largest[dimension], shape[dimension]);
                }
            }

            return largest;
        }
    }

    private void Remember(IReadOnlyDictionary<ClipKind, int[]> shapes)
    {
        lock (_shapesGate)
        {
            foreach ((ClipKind kind, int[] shape) in shapes)
            {
                if (!_shapes.TryGetValue(kind, out Queue<int[]>? seen))
                {
                    _shapes.Add(kind, seen = new Queue<int[]>());
                }

                seen.Enqueue(shape);
                if (seen.Count > RememberedShapes)
                {
                    seen.Dequeue();
                }
            }
        }
    }
}
