using System.Collections.Concurrent;
using System.Threading.Channels;

using ClipGuard.Media;

namespace ClipGuard.Loading;

/// <summary>
/// The stages of one epoch at work: plan → places to fill → workers → batches. Owns its tasks and the rows: whoever disposes it waits until all have ended.
/// A stage that fails ends the others, and its error comes out where batches are taken.
/// </summary>
internal sealed class EpochRun : IAsyncDisposable
{
    private const int RememberedShapes = 16;

    private readonly LoaderOptions _options;
    private readonly BatchMemory _memory;
    private readonly EpochRows _rows;
    private readonly EpochPlan _plan;
    private readonly SampleDecoding _decoding;
    private readonly PrefetchGate _gate;
    private readonly CancellationTokenSource _stop;
    private readonly Channel<(BatchBuilder Builder, int Slot)> _places;
    private readonly Channel<BatchBuilder> _builders;
    private readonly ConcurrentDictionary<long, BatchBuilder> _begun = [];
    private readonly Dictionary<ClipKind, Queue<int[]>> _shapes = [];
    private readonly Lock _shapesGate = new();
    private readonly Lock _taking = new();
    private readonly Task _stages;
    private Task? _ended;

    public EpochRun(
        LoaderOptions options, BatchMemory memory, EpochRows rows, EpochPlan plan, SampleDecoding decoding,
        long firstBatch, IReadOnlySet<long> consumedAhead, CancellationToken cancellation)
    {
        _options = options;
        _memory = memory;
        _rows = rows;
        _plan = plan;
        _decoding = decoding;
        _gate = new PrefetchGate(options.PrefetchBatches, options.PrefetchBytes);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        int workers = options.SampleWorkers;
        _places = Channel.CreateBounded<(BatchBuilder, int)>(new BoundedChannelOptions(workers) { SingleWriter = true });

        // Never full: the gate lets no more batches begin than fit.
        _builders = Channel.CreateBounded<BatchBuilder>(new BoundedChannelOptions(options.PrefetchBatches + 1) { SingleReader = true });
        _stages = RunAsync([Task.Run(() => PlanAsync(firstBatch, consumedAhead), CancellationToken.None), .. Enumerable.Range(0, workers).Select(_ => Task.Run(WorkAsync, CancellationToken.None))]);
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

    /// <summary>Whether it was told to end.</summary>
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

            // A consumer that did not wait may be about to take a batch.
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

        _builders.Writer.TryComplete(failure);
        if (failure is not null)
        {
            throw failure;
        }
    }

    private async Task PlanAsync(long firstBatch, IReadOnlySet<long> consumedAhead)
    {
        var unordered = new List<Task>();
        try
        {
            long number = firstBatch;
            await foreach (PlannedSample?[] samples in _plan.ReadAsync(firstBatch, _stop.Token).ConfigureAwait(false))
            {
                if (!consumedAhead.Contains(number))
                {
                    await BeginAsync(number, samples, unordered).ConfigureAwait(false);
                }

                number++;
            }
        }
        catch
        {
            // What is not begun never will be, so that nobody may wait for what is half begun.
            await _stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(unordered).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        _places.Writer.Complete();
        await Task.WhenAll(unordered).ConfigureAwait(false);
    }

    private async Task BeginAsync(long number, PlannedSample?[] samples, List<Task> unordered)
    {
        BatchBuilder builder = Begin(number, samples, await _gate.EnterAsync(_stop.Token).ConfigureAwait(false));
        if (_options.InOrder)
        {
            await _builders.Writer.WriteAsync(builder, _stop.Token).ConfigureAwait(false);
        }
        else
        {
            unordered.RemoveAll(static task => task.IsCompletedSuccessfully);
            unordered.Add(DeliverWhenDoneAsync(builder));
        }

        for (int slot = 0; slot < samples.Length; slot++)
        {
            await _places.Writer.WriteAsync((builder, slot), _stop.Token).ConfigureAwait(false);
        }
    }

    private async Task DeliverWhenDoneAsync(BatchBuilder builder)
    {
        await builder.Done.WaitAsync(_stop.Token).ConfigureAwait(false);
        await _builders.Writer.WriteAsync(builder, _stop.Token).ConfigureAwait(false);
    }

    private async Task WorkAsync()
    {
        await foreach ((BatchBuilder builder, int slot) in _places.Reader.ReadAllAsync(_stop.Token).ConfigureAwait(false))
        {
            builder.Fill(slot, await _decoding.FillAsync(builder, slot, _stop.Token).ConfigureAwait(false));
        }
    }

    private BatchBuilder Begin(long number, PlannedSample?[] samples, PrefetchGate.Reservation reservation)
    {
        var tensors = new Dictionary<ClipKind, TensorBuilder>();
        foreach (ClipKind kind in Enum.GetValues<ClipKind>())
        {
            if (_options.SpecOf(kind) is { } spec)
            {
                tensors.Add(kind, new TensorBuilder(TensorForm.Of(_options, kind, spec), samples.Length, _memory, Expected(kind), reservation.Held));
            }
        }

        var builder = new BatchBuilder(number, samples, tensors, reservation);
        _begun[number] = builder;
        LoaderTelemetry.Begun(samples.Length);
        return builder;
    }

    // A batch that was taken, or will not be.
    private void Taken(BatchBuilder builder)
    {
        if (builder.Reservation.Leave())
        {
            LoaderTelemetry.Taken(builder.Open);
        }

        _begun.TryRemove(builder.Number, out _);
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
