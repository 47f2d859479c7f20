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
    private readonly string _fingerprint;
    private readonly BatchMemory _memory;
    private readonly LoaderTelemetry _telemetry;
    private readonly TimeProvider _time;
    private EpochProgress _progress;
    private readonly Lock _ending = new();
    private EpochRun? _run;
    private int _isReading;
    private bool _isDisposed;

    private ClipLoader(
        IManifest manifest, LoaderOptions options, GuardedDecode decode, Supervisor? ownSupervisor, Opened opened, ILoggerFactory? loggers, TimeProvider? time)
    {
        _manifest = manifest;
        _options = options;
        _decode = decode;
        _ownSupervisor = ownSupervisor;
        _index = opened.Index;
        _fingerprint = opened.Fingerprint;
        _memory = options.Memory ?? new PinnedBatchMemory(options.PrefetchBytes);
        _telemetry = new LoaderTelemetry((loggers ?? NullLoggerFactory.Instance).CreateLogger<ClipLoader>());
        _time = time ?? TimeProvider.System;
        _progress = EpochProgress.Start(0, [], InOrder(options.ExcludedLines));
    }

    /// <summary>0-based number of the epoch that is read now or next.</summary>
    public int Epoch => _progress.Epoch;

    /// <summary>How many batches the whole of the present segment of this epoch has on every rank; null where that shows only at the end.</summary>
    public long? Batches => PlanOf(RowsWithoutReading(), _progress)?.Batches;

    /// <summary>Where the loader is: after the batch that was yielded last.</summary>
    public LoaderState State => StateOf(_progress);

    /// <summary>What the epoch that ended last, or was left, came to; null before the first.</summary>
    public EpochReport? LastEpoch { get; private set; }

    /// <summary>Indexes the manifest where its order needs that, and starts helpers.</summary>
    /// <param name="manifest">What to read. It must be an <see cref="IIndexableManifest"/>, except for <see cref="ShuffleMode.Windowed"/> and <see cref="ShuffleMode.None"/>.</param>
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
        Opened opened = await OpenAsync(manifest, options, cancellation).ConfigureAwait(false);
        try
        {
            Supervisor? own = supervisor is null ? await Supervisor.StartAsync(options.Supervision, loggers, cancellation).ConfigureAwait(false) : null;
            return new ClipLoader(manifest, options, (supervisor ?? own!).DecodeAsync, own, opened, loggers, time);
        }
        catch
        {
            opened.Index?.Dispose();
            throw;
        }
    }

    /// <summary>Opens a loader whose decodes somebody else does.</summary>
    internal static async Task<ClipLoader> OpenAsync(IManifest manifest, LoaderOptions options, GuardedDecode decode, ILoggerFactory? loggers = null) =>
        new(manifest, options, decode, null, await OpenAsync(manifest, options, CancellationToken.None).ConfigureAwait(false), loggers, null);

    private static async Task<Opened> OpenAsync(IManifest manifest, LoaderOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (manifest is BlendedManifest or StreamedBlend && options.ExcludedLines.FirstOrDefault(static line => line.Origin is null) is { Line: > 0 } nameless)
        {
            throw new ArgumentException(
                $"{nameof(LoaderOptions.ExcludedLines)} has line {nameless.Line} of a blend, whose lines are those of its sources: name the source too.", nameof(options));
        }

        var indexable = manifest as IIndexableManifest;
        bool needsIndex = options.Shuffle == ShuffleMode.Full || options.Buckets is not null;
        if (needsIndex && (indexable is null || options.Shuffle == ShuffleMode.Windowed))
        {
            throw new ArgumentException(
                "A full shuffle and buckets need a manifest with an index, and buckets cannot be had with a windowed shuffle.", nameof(options));
        }

        if (options.Shuffle == ShuffleMode.Windowed || indexable is null)
        {
            return new Opened(null, await AbandonableRead.RunAsync(() => manifest.FingerprintAsync(cancellation), cancellation).ConfigureAwait(false));
        }

        IndexedRows index = await AbandonableRead.RunAsync(() => indexable.IndexAsync(cancellation), cancellation).ConfigureAwait(false);
        return new Opened(index, index.Fingerprint);
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

        EpochProgress progress = StateMatch.Resume(states, StateOf(_progress));
        if (_index is { } index)
        {
            StateMatch.CheckCounts(progress, OrderOf(index, progress).Count, new RankBatches(_options.RankInfo, _options.BatchSize));
        }

        _progress = progress;
    }

    /// <summary>Reads what is left of the present epoch.</summary>
    /// <param name="cancellationToken">Ends the loop with an <see cref="OperationCanceledException"/>.</param>
    public IAsyncEnumerator<Batch> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        new BatchEnumerator(ReadEpochAsync(cancellationToken).GetAsyncEnumerator(cancellationToken));

    /// <summary>Ends a loop that still reads, which then throws, and the helpers that the loader started; closes the manifest.</summary>
    public async ValueTask DisposeAsync()
    {
        EpochRun? run;
        lock (_ending)
        {
            _isDisposed = true;
            run = _run;
        }

        if (run is not null)
        {
            await run.DisposeAsync().ConfigureAwait(false);
        }

        _index?.Dispose();
        if (_ownSupervisor is not null)
        {
            await _ownSupervisor.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async IAsyncEnumerable<Batch> ReadEpochAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (Interlocked.Exchange(ref _isReading, 1) != 0)
        {
            throw new InvalidOperationException("One loop at a time reads from a loader.");
        }

        var report = new EpochAccount(_progress.Epoch, _time, _options.Supervision.Workers);
        try
        {
            EpochRows rows = OpenRows(_progress);
            var decoding = new SampleDecoding(_options, _decode, _progress.Epoch);
            var budget = new FailureAccount(_options.Budget, _options.UnsettledBudget, _progress.Failures);
            var run = new EpochRun(
                _options, _memory, rows, PlanOf(rows, _progress)!, decoding, _progress.Consumed, _progress.Ahead, cancellation);
            await using (run.ConfigureAwait(false))
            {
                lock (_ending)
                {
                    // A loader that was disposed while this run was being set up has not seen it.
                    ObjectDisposedException.ThrowIf(_isDisposed, this);
                    _run = run;
                }

                while (await TakeAsync(run, report, cancellation).ConfigureAwait(false) is { } batch)
                {
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
            _run = null;
            LastEpoch = report.Finish();
            _isReading = 0;
        }
    }

    private async ValueTask<Batch?> TakeAsync(EpochRun run, EpochAccount report, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        long began = _time.GetTimestamp();
        TimeSpan waited = TimeSpan.Zero;
        Batch? batch = null;
        try
        {
            batch = await run.TakeAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (run.IsEnding && error is OperationCanceledException or ObjectDisposedException)
        {
            throw new ObjectDisposedException("The loader was disposed while a loop read from it.", error);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // A stage failed and stopped the rest; its own error says why.
            throw await run.FailureAsync().ConfigureAwait(false) ?? new UnreachableException();
        }
        catch (BadSampleException error)
        {
            LogFaults(error.Faults);
            throw;
        }
        finally
        {
            waited = _time.GetElapsedTime(began);
            report.Waited(waited);
            LoaderTelemetry.ConsumerWaited(waited);
        }

        if (batch is not null)
        {
            batch.Report = batch.Report with { Waited = waited };
        }

        return batch;
    }

    // Only a batch that can be delivered is consumed: where the budget or a hook ends the loop, a run that goes on from the state makes it again.
    private void Account(Batch batch, FailureAccount budget, EpochAccount report)
    {
        bool isDelivered = false;
        try
        {
            LogFaults(batch.Report.Faults);
            budget.Add(batch.Report.RowsTried, batch.Report.Faults);
            EpochProgress next = _progress.After(batch.Number) with
            {
                Failures = budget.Count,
                FailedLines = _options.ExcludeFailed
                    ? _progress.FailedLines.Union(batch.Report.Faults.Where(static fault => fault.Unsettled is null).Select(static fault => new ManifestLine(fault.Line, fault.Origin)))
                    : _progress.FailedLines,
            };
            batch.State = StateOf(next);
            if (batch.Samples.Count > 0)
            {
                _options.Collate?.Invoke(batch);
                LoaderTelemetry.Delivered(batch);
            }

            report.Add(batch);
            _progress = next;
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

    // Faults are told when their batch's turn comes, so that one which was made ahead in vain and is made again tells of them once.
    private void LogFaults(IReadOnlyList<SampleFault> faults)
    {
        foreach (SampleFault fault in faults)
        {
            _telemetry.Fault(fault);
        }
    }

    private ManifestLine[] LeftOutNext() =>
        _options.ExcludeFailed ? InOrder([.. _options.ExcludedLines, .. _progress.ExcludedLines, .. _progress.FailedLines]) : InOrder(_options.ExcludedLines);

    private static ManifestLine[] InOrder(IEnumerable<ManifestLine> lines) => [.. lines.Distinct().Order(ManifestLine.Order)];

    private IndexedEpochRows? RowsWithoutReading() => _index is { } index ? new IndexedEpochRows(index, OrderOf(index, _progress), _manifest.Name, _options.Supervision.Deadline) : null;

    private EpochRows OpenRows(EpochProgress progress)
    {
        if (RowsWithoutReading() is { } rows)
        {
            return rows;
        }

        return new StreamedEpochRows(
            _manifest.ReadRowsAsync,
            progress.ExcludedLines.ToHashSet(),
            _options.ShuffleWindow,
            _options.Shuffle == ShuffleMode.Windowed ? unchecked((ulong)_options.Seed) : null,
            progress.Epoch);
    }

    private RowOrder OrderOf(IndexedRows index, EpochProgress progress) =>
        new(index.Count, [.. index.FindRows(progress.ExcludedLines)], _options.Shuffle == ShuffleMode.Full ? unchecked((ulong)_options.Seed) : null, progress.Epoch);

    private EpochPlan? PlanOf(EpochRows? rows, EpochProgress progress)
    {
        if (rows is null)
        {
            return null;
        }

        Func<RemainingPositions, long, Func<long, long>>? bucket = null;
        if (_options.Buckets is { } buckets && _index is { } index)
        {
            RowOrder order = OrderOf(index, progress);
            double SizeAt(long position) => index.Read(order.RowAt(position)) is SampleRow row ? buckets.SizeOf(row.Sample) : 0;
            bucket = (sequence, globalBatch) =>
                new Buckets(sequence, SizeAt, globalBatch, buckets.WindowBatches, unchecked((ulong)_options.Seed), progress.Epoch).PlaceAt;
        }

        return new EpochPlan(rows, progress.ResumeSegments, new RankBatches(_options.RankInfo, _options.BatchSize), _options.DropLast, bucket);
    }

    private LoaderState StateOf(EpochProgress progress) => new()
    {
        Manifest = _fingerprint,
        Seed = _options.Seed,
        Shuffle = _options.Shuffle,
        ShuffleWindow = _index is null ? _options.ShuffleWindow : 0,
        Buckets = _options.Buckets is { } buckets ? $"{buckets.Name}, {buckets.WindowBatches} batches" : null,
        Epoch = progress.Epoch,
        ResumeSegments = progress.ResumeSegments,
        World = _options.RankInfo.World,
        Rank = _options.RankInfo.Rank,
        BatchSize = _options.BatchSize,
        Consumed = progress.Consumed,
        ConsumedAhead = [.. progress.Ahead],
        ExcludedLines = progress.ExcludedLines,
        FailedLines = InOrder(progress.FailedLines),
        RowsTried = progress.Failures.RowsTried,
        Faults = progress.Failures.Faults,
        Unsettled = progress.Failures.Unsettled,
    };

    /// <summary>A manifest as it was when the loader was opened.</summary>
    /// <param name="Index">Null where its rows are read from start to end.</param>
    /// <param name="Fingerprint">What states are bound to.</param>
    private sealed record Opened(IndexedRows? Index, string Fingerprint);
}
