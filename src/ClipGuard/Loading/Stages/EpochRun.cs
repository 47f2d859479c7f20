using System.Collections.Concurrent;
using System.Threading.Channels;

using ClipGuard.Media;

namespace ClipGuard.Loading;

/// <summary>
/// The stages of one epoch while they run: plan → slots to fill → workers → batches. Owns its tasks and the rows: whoever disposes it waits until all have
/// ended. A stage that fails stops the others, and its error is thrown where batches are taken.
/// </summary>
internal sealed class EpochRun : IAsyncDisposable
{
    private const int RememberedShapes = 16;

    private readonly LoaderOptions _options;
    private readonly BatchMemory _memory;
    private readonly EpochRows _rows;
    private readonly EpochPlan _plan;
    private readonly SampleDecoding _decoding;
    private readonly SampleReadAhead? _ahead;
    private readonly CodecTimingsAccount _profile;
    private readonly PrefetchGate _gate;
    private readonly CancellationTokenSource _stop;
    private readonly Channel<(BatchBuilder Builder, int Slot)> _slots;
    private readonly Channel<BatchBuilder> _builders;
    private readonly ConcurrentDictionary<long, BatchBuilder> _begun = [];
    private readonly Dictionary<ClipKind, Queue<int[]>> _shapes = [];
    private readonly Lock _shapesGate = new();
    private readonly Lock _taking = new();
    private readonly Task _stages;
    private Task? _ended;

    public EpochRun(
        LoaderOptions options, BatchMemory memory, EpochRows rows, EpochPlan plan, SampleDecoding decoding,
        SampleReadAhead? ahead, CodecTimingsAccount profile, long firstBatch, IReadOnlySet<long> consumedAhead, CancellationToken cancellation)
    {
        _options = options;
        _memory = memory;
        _rows = rows;
        _plan = plan;
        _decoding = decoding;
        _ahead = ahead;
        _profile = profile;
        _gate = new PrefetchGate(options.PrefetchBatches, options.PrefetchBytes);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        int workers = options.SampleWorkers;
        _slots = Channel.CreateBounded<(BatchBuilder, int)>(new BoundedChannelOptions(workers) { SingleWriter = true });

        // Never full: the gate lets at most PrefetchBatches begin.
        _builders = Channel.CreateBounded<BatchBuilder>(new BoundedChannelOptions(options.PrefetchBatches + 1) { SingleReader = true });
        Task planning = Task.Run(() => PlanAsync(firstBatch, consumedAhead), CancellationToken.None);
        IEnumerable<Task> working = Enumerable.Range(0, workers).Select(_ => Task.Run(WorkAsync, CancellationToken.None));
        _stages = RunAsync([planning, .. working]);
    }

    /// <summary>Takes the next batch.</summary>
    /// <returns>Null once there are no more.</returns>
    public async ValueTask<Batch?> TakeAsync()
    {
        while (await _builders.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
        {
            if (!_builders.Reader.TryRead(out BatchBuilder? builder))
            {
                continue;
            }

            await builder.Done.WaitAsync(_stop.Token).ConfigureAwait(false);
            _profile.BatchWaited(builder.SinceDone);
            lock (_taking)
            {
                ObjectDisposedException.ThrowIf(IsEnding, this);
                Batch batch = builder.Finish(_options, _memory, out IReadOnlyDictionary<ClipKind, int[]> shapes);
                Remember(shapes);
                Taken(builder);
                return batch;
            }
        }

        return null;
    }

    /// <summary>The error that ended the stages early; null where they ran to their end.</summary>
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

    /// <summary>Whether <see cref="DisposeAsync"/> was called.</summary>
    public bool IsEnding => Volatile.Read(ref _ended) is not null;

    /// <summary>Stops the stages and waits until they have ended. Whoever calls it again waits for the same.</summary>
    public ValueTask DisposeAsync()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return Interlocked.CompareExchange(ref _ended, ended.Task, null) is { } already ? new ValueTask(already) : new ValueTask(EndAsync(ended));
    }

    private async Task EndAsync(TaskCompletionSource ended)
    {
        try
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            await _stages.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            // The consumer may be in TakeAsync at this moment, with a builder that must not be disposed under it.
            lock (_taking)
            {
                foreach (BatchBuilder builder in _begun.Values)
                {
                    Taken(builder);
                    builder.Dispose();
                }
            }

            await _rows.DisposeAsync().ConfigureAwait(false);
            _stop.Dispose();
        }
        finally
        {
            ended.SetResult();
        }
    }

    private async Task RunAsync(Task[] stages)
    {
        // The first stage that fails cancels the others. The error to throw is the first one that is not such a cancellation.
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

        _builders.Writer.TryComplete(failure);
        if (failure is not null)
        {
            throw failure;
        }
    }

    private async Task PlanAsync(long firstBatch, IReadOnlySet<long> consumedAhead)
    {
        var unordered = new List<Task>();
        Task reading = Task.CompletedTask;
        try
        {
            IAsyncEnumerable<PlannedBatch> batches = ReadPlanAsync(firstBatch, consumedAhead);
            if (_ahead is not null)
            {
                var announced = Channel.CreateBounded<PlannedBatch>(new BoundedChannelOptions(_ahead.Batches) { SingleWriter = true });
                reading = AnnounceAsync(batches, announced.Writer);
                batches = announced.Reader.ReadAllAsync(_stop.Token);
            }

            await foreach (PlannedBatch planned in batches.ConfigureAwait(false))
            {
                await BeginAsync(planned, unordered).ConfigureAwait(false);
            }
        }
        catch
        {
            // Planning failed, so slots of the batch that was being begun may never be given to a worker. Cancel before waiting: the tasks in "unordered"
            // would wait for such slots without end.
            await _stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll([reading, .. unordered]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        _slots.Writer.Complete();
        await Task.WhenAll(unordered).ConfigureAwait(false);
    }

    private async IAsyncEnumerable<PlannedBatch> ReadPlanAsync(long firstBatch, IReadOnlySet<long> consumedAhead)
    {
        await foreach (PlannedBatch planned in _plan.ReadAsync(firstBatch, _stop.Token).ConfigureAwait(false))
        {
            if (!consumedAhead.Contains(planned.Number))
            {
                yield return planned;
            }
        }
    }

    private async Task AnnounceAsync(
        IAsyncEnumerable<PlannedBatch> batches, ChannelWriter<PlannedBatch> announced)
    {
        try
        {
            await foreach (PlannedBatch batch in batches.ConfigureAwait(false))
            {
                await _ahead!.AnnounceAsync(batch.Samples, _stop.Token).ConfigureAwait(false);
                await announced.WriteAsync(batch, _stop.Token).ConfigureAwait(false);
            }

            announced.Complete();
        }
#pragma warning disable CA1031 // It is thrown where the batches are read, behind those that came before it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            announced.Complete(error);
        }
    }

    private async Task BeginAsync(PlannedBatch planned, List<Task> unordered)
    {
        BatchBuilder builder = Begin(planned, await _gate.EnterAsync(_stop.Token).ConfigureAwait(false));
        if (_options.InOrder)
        {
            await _builders.Writer.WriteAsync(builder, _stop.Token).ConfigureAwait(false);
        }
        else
        {
            unordered.RemoveAll(static task => task.IsCompletedSuccessfully);
            unordered.Add(DeliverWhenDoneAsync(builder));
        }

        for (int slot = 0; slot < planned.Samples.Length; slot++)
        {
            await _slots.Writer.WriteAsync((builder, slot), _stop.Token).ConfigureAwait(false);
        }
    }

    private async Task DeliverWhenDoneAsync(BatchBuilder builder)
    {
        await builder.Done.WaitAsync(_stop.Token).ConfigureAwait(false);
        await _builders.Writer.WriteAsync(builder, _stop.Token).ConfigureAwait(false);
    }

    private async Task WorkAsync()
    {
        await foreach ((BatchBuilder builder, int slot) in _slots.Reader.ReadAllAsync(_stop.Token).ConfigureAwait(false))
        {
            builder.Fill(slot, await _decoding.FillAsync(builder, slot, _stop.Token).ConfigureAwait(false));
        }
    }

    private BatchBuilder Begin(PlannedBatch planned, PrefetchGate.Reservation reservation)
    {
        var tensors = new Dictionary<ClipKind, ClipTensorBuilder>();
        foreach (ClipKind kind in Enum.GetValues<ClipKind>())
        {
            if (_options.SpecOf(kind) is { } spec)
            {
                // Batches by size differ in the lengths of their clips: those of earlier ones say nothing about this one's.
                int[]? expected = _options.BatchBySize is null ? Expected(kind) : null;
                var form = TensorDescription.Of(_options, kind, spec);
                int slots = planned.Samples.Length;
                tensors.Add(kind, _options.Layout == BatchLayout.Ragged
                    ? new RaggedBuilder(form, slots, _memory, reservation.Held)
                    : new TensorBuilder(form, slots, _memory, expected, reservation.Held));
            }
        }

        var builder = new BatchBuilder(planned, tensors, reservation);
        _begun[planned.Number] = builder;
        LoaderTelemetry.Begun(planned.Samples.Length);
        return builder;
    }

    // Called once a batch was taken, or will never be.
    private void Taken(BatchBuilder builder)
    {
        if (builder.Reservation.Leave())
        {
            LoaderTelemetry.Taken(builder.Open);
        }

        _begun.TryRemove(builder.Number, out _);
    }

    // The largest shape of the last batches: tensors seldom have to grow then, and the room for one unusually long clip is given up after some batches.
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
