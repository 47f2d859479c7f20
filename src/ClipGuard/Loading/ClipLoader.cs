using System.Diagnostics;
using System.Runtime.CompilerServices;

using ClipGuard.Manifests;
using ClipGuard.Supervision;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClipGuard.Loading;

/// <summary>
/// Reads a manifest as batches for a training loop. Each <c>await foreach</c> over it yields what is left of the present epoch; the next one
/// yields the next epoch. One loop at a time. Bad clips never stall it: each decode is guarded by a <see cref="Supervisor"/>.
/// </summary>
public sealed class ClipLoader : IAsyncEnumerable<Batch>, IAsyncDisposable
{
    private readonly IManifest _manifest;
    private readonly LoaderOptions _options;
    private readonly GuardedDecode _decode;
    private readonly Supervisor? _ownSupervisor;
    private readonly IndexedRows? _index;
    private readonly BatchMemory _memory;
    private readonly LoaderTelemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly SortedSet<long> _convicted = [];
    private EpochProgress _progress;
    private int _isReading;

    private ClipLoader(
        IManifest manifest, LoaderOptions options, GuardedDecode decode, Supervisor? ownSupervisor, IndexedRows? index, ILoggerFactory? loggers, TimeProvider? time)
    {
        _manifest = manifest;
        _options = options;
        _decode = decode;
        _ownSupervisor = ownSupervisor;
        _index = index;
        _memory = options.Memory ?? new PinnedBatchMemory();
        _telemetry = new LoaderTelemetry((loggers ?? NullLoggerFactory.Instance).CreateLogger<ClipLoader>());
        _time = time ?? TimeProvider.System;
        _convicted.UnionWith(options.LeaveOutLines);
        _progress = EpochProgress.Start(0, [], [.. _convicted]);
    }

    /// <summary>0-based number of the epoch that is read now or next.</summary>
    public int Epoch => _progress.Epoch;

    /// <summary>How many batches the whole of the present leg of this epoch has on every rank; null where that shows only at the end.</summary>
    public long? Batches => PlanOf(RowsWithoutReading(), _progress)?.Batches;

    /// <summary>Where the loader is: after the batch that was yielded last.</summary>
    public LoaderState State => StateOf(_progress);

    /// <summary>What the epoch that ended last, or was left, came to; null before the first.</summary>
    public EpochReport? LastEpoch { get; private set; }

    /// <summary>Indexes the manifest where its order needs that, and starts helpers.</summary>
    /// <param name="manifest">What to read. It must be an <see cref="IIndexableManifest"/>, except for <see cref="RowShuffle.Windowed"/> and <see cref="RowShuffle.None"/>.</param>
    /// <param name="options">What to deliver.</param>
    /// <param name="loggers">Where faults are told; null for nowhere.</param>
    /// <param name="supervisor">Decodes; it stays the caller's. Null starts one by <see cref="LoaderOptions.Supervision"/>, which the loader ends.</param>
    /// <param name="time">The clock of the reports; null for the system's.</param>
    /// <param name="cancellation">Ends the opening.</param>
    /// <exception cref="ArgumentException">A setting is out of its range, or the manifest has no index and one is needed.</exception>
    /// <exception cref="ManifestException">The manifest cannot be read.</exception>
    /// <exception cref="HelperUnavailableException">No helper can be started.</exception>
    public static async Task<ClipLoader> OpenAsync(
        IManifest manifest,
        LoaderOptions options,
        ILoggerFactory? loggers = null,
        Supervisor? supervisor = null,
        TimeProvider? time = null,
        CancellationToken cancellation = default)
    {
        IndexedRows? index = await IndexAsync(manifest, options, cancellation).ConfigureAwait(false);
        try
        {
            Supervisor? own = supervisor is null ? await Supervisor.StartAsync(options.Supervision, loggers, cancellation).ConfigureAwait(false) : null;
            return new ClipLoader(manifest, options, (supervisor ?? own!).DecodeAsync, own, index, loggers, time);
        }
        catch
        {
            index?.Dispose();
            throw;
        }
    }

    /// <summary>Opens a loader whose decodes somebody else does.</summary>
    internal static async Task<ClipLoader> OpenAsync(IManifest manifest, LoaderOptions options, GuardedDecode decode, ILoggerFactory? loggers = null) =>
        new(manifest, options, decode, null, await IndexAsync(manifest, options, CancellationToken.None).ConfigureAwait(false), loggers, null);

    private static async Task<IndexedRows?> IndexAsync(IManifest manifest, LoaderOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var indexable = manifest as IIndexableManifest;
        bool needsIndex = options.Shuffle == RowShuffle.Full || options.Buckets is not null;
        if (needsIndex && (indexable is null || options.Shuffle == RowShuffle.Windowed))
        {
            throw new ArgumentException(
                "A full shuffle and buckets need a manifest with an index, and buckets cannot be had with a windowed shuffle.", nameof(options));
        }

        return options.Shuffle == RowShuffle.Windowed || indexable is null ? null : await indexable.IndexAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Goes on where a state was taken. With other ranks than then, give the states of all of them, or any one where they had run in step; what they
    /// had not consumed is dealt out anew. With the same ranks this rank's own state is enough.
    /// </summary>
    /// <param name="states">One state, or one of every rank.</param>
    /// <exception cref="LoaderStateException">They do not belong to this manifest, these settings, or one another.</exception>
    /// <exception cref="InvalidOperationException">A loop is reading.</exception>
    public void Resume(params IReadOnlyList<LoaderState> states)
    {
        if (_isReading != 0)
        {
            throw new InvalidOperationException("A loop is reading from this loader; resume before it begins.");
        }

        _progress = StateMatch.Resume(states, StateOf(_progress));
    }

    /// <summary>Reads what is left of the present epoch.</summary>
    /// <param name="cancellationToken">Ends the loop with an <see cref="OperationCanceledException"/>.</param>
    public IAsyncEnumerator<Batch> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        ReadEpochAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);

    /// <summary>Ends the helpers that the loader started, and closes the manifest.</summary>
    public async ValueTask DisposeAsync()
    {
        _index?.Dispose();
        if (_ownSupervisor is not null)
        {
            await _ownSupervisor.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async IAsyncEnumerable<Batch> ReadEpochAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        if (Interlocked.Exchange(ref _isReading, 1) != 0)
        {
            throw new InvalidOperationException("One loop at a time reads from a loader.");
        }

        var report = new EpochAccount(_progress.Epoch, _time, _options.Supervision.Workers);
        try
        {
            await using EpochRows rows = OpenRows(_progress);
            var decoding = new SampleDecoding(_options, _decode, _progress.Epoch, _telemetry);
            var budget = new FailureAccount(_options.Budget);
            var run = new EpochRun(
                _options, _memory, PlanOf(rows, _progress)!, decoding, _progress.Consumed, _progress.Ahead, cancellation);
            await using (run.ConfigureAwait(false))
            {
                while (await TakeAsync(run, report, cancellation).ConfigureAwait(false) is { } batch)
                {
                    _progress = _progress.After(batch.Number);
                    Account(batch, budget, report);
                    if (batch.Samples.Count == 0)
                    {
                        batch.Dispose();
                        continue;
                    }

                    yield return batch;
                }
            }

            _progress = EpochProgress.Start(_progress.Epoch + 1, [], LeftOutNext());
        }
        finally
        {
            LastEpoch = report.Finish();
            _isReading = 0;
        }
    }

    private async ValueTask<Batch?> TakeAsync(EpochRun run, EpochAccount report, CancellationToken cancellation)
    {
        long began = _time.GetTimestamp();
        try
        {
            using Activity? activity = LoaderTelemetry.Activities.StartActivity("batch");
            Batch? batch = await run.TakeAsync().ConfigureAwait(false);
            activity?.SetTag("clipguard.batch", batch?.Number);
            activity?.SetTag("clipguard.faults", batch?.Report.Faults.Count);
            return batch;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // A stage failed and stopped the rest; its own error says why.
            throw await run.FailureAsync().ConfigureAwait(false) ?? new UnreachableException();
        }
        finally
        {
            TimeSpan waited = _time.GetElapsedTime(began);
            report.Waited(waited);
            LoaderTelemetry.ConsumerWaited(waited);
        }
    }

    private void Account(Batch batch, FailureAccount budget, EpochAccount report)
    {
        bool isDelivered = false;
        try
        {
            foreach (SampleFault fault in batch.Report.Faults)
            {
                _ = _options.LeaveOutConvicted && _convicted.Add(fault.Line);
            }

            report.Add(batch);
            budget.Add(batch.Report.Tries, batch.Report.Faults);
            batch.State = State;
            _options.Collate?.Invoke(batch);
            isDelivered = true;
        }
        finally
        {
            if (!isDelivered)
            {
                batch.Dispose();
            }
        }
    }

    private long[] LeftOutNext() => [.. _convicted];

    private IndexedEpochRows? RowsWithoutReading() => _index is { } index ? new IndexedEpochRows(index, OrderOf(index, _progress)) : null;

    private EpochRows OpenRows(EpochProgress progress)
    {
        if (RowsWithoutReading() is { } rows)
        {
            return rows;
        }

        long globalBatch = progress.Legs.Select(static leg => (long)leg.BatchSize * leg.World).Append((long)_options.BatchSize * _options.Shard.World).Max();
        return new StreamedEpochRows(
            _manifest.ReadRowsAsync().GetAsyncEnumerator(),
            progress.LeftOutLines.ToHashSet(),
            _options.ShuffleWindow,
            globalBatch,
            _options.Shuffle == RowShuffle.Windowed ? unchecked((ulong)_options.Seed) : null,
            progress.Epoch);
    }

    private RowOrder OrderOf(IndexedRows index, EpochProgress progress)
    {
        long[] leftOut = [.. progress.LeftOutLines.Select(index.FindLine).Where(static row => row >= 0).Order().Distinct()];
        return new RowOrder(index.Count, leftOut, _options.Shuffle == RowShuffle.Full ? unchecked((ulong)_options.Seed) : null, progress.Epoch);
    }

    private EpochPlan? PlanOf(EpochRows? rows, EpochProgress progress)
    {
        if (rows is null)
        {
            return null;
        }

        Func<Sequence, long, Func<long, long>>? bucket = null;
        if (_options.Buckets is { } buckets && _index is { } index)
        {
            RowOrder order = OrderOf(index, progress);
            double SizeAt(long position) => index.Read(order.RowAt(position)) is SampleRow row ? buckets.SizeOf(row.Sample) : 0;
            bucket = (sequence, globalBatch) =>
                new Buckets(sequence, SizeAt, globalBatch, buckets.WindowBatches, unchecked((ulong)_options.Seed), progress.Epoch).PlaceAt;
        }

        return new EpochPlan(rows, progress.Legs, new DealtBatches(_options.Shard, _options.BatchSize), _options.DropLast, bucket);
    }

    private LoaderState StateOf(EpochProgress progress) => new()
    {
        Manifest = _index?.Fingerprint ?? _manifest.Name,
        Seed = _options.Seed,
        Shuffle = _options.Shuffle,
        ShuffleWindow = _index is null ? _options.ShuffleWindow : 0,
        Epoch = progress.Epoch,
        Legs = progress.Legs,
        World = _options.Shard.World,
        Rank = _options.Shard.Rank,
        BatchSize = _options.BatchSize,
        Consumed = progress.Consumed,
        ConsumedAhead = [.. progress.Ahead],
        LeftOutLines = progress.LeftOutLines,
    };
}
