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
public sealed class ClipLoader : IClipLoader
{
    private readonly IManifest _manifest;
    private readonly LoaderOptions _options;
    private readonly IGuardedDecoder _decoder;
    private readonly Supervisor? _ownSupervisor;
    private readonly IndexedRows? _index;
    private readonly LoaderVerdicts? _verdicts;
    private readonly EpochPlanner _planner;
    private readonly BatchMemory _memory;
    private readonly LoaderTelemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly LoaderStateTracker _progress;
    private readonly Lock _ending = new();
    private EpochRun? _run;
    private int _isReading;
    private bool _isDisposed;

    private ClipLoader(
        LoaderOptions options,
        IGuardedDecoder decoder,
        Supervisor? ownSupervisor,
        OpenedManifest opened,
        LoaderVerdicts? verdicts,
        SnapshotExclusion? leftOut,
        ILoggerFactory? loggers,
        TimeProvider? time)
    {
        _manifest = opened.Manifest;
        _options = options;
        _decoder = decoder;
        _ownSupervisor = ownSupervisor;
        _index = opened.Index;
        _verdicts = verdicts;
        _planner = new EpochPlanner(opened, options, leftOut);
        _memory = options.Memory ?? new PooledBatchMemory(options.PrefetchBytes);
        _telemetry = TelemetryOf(loggers);
        _time = time ?? TimeProvider.System;
        _progress = new LoaderStateTracker(opened, options, _planner, leftOut?.Id);
        _telemetry.Opened(options.RankInfo);
        if (_planner.ShufflesGroups)
        {
            _telemetry.ShufflesGroups(_manifest.Name, _index!.ReadTogether!.Count, options.ShuffleWindow);
        }
    }

    /// <inheritdoc/>
    public int Epoch => _progress.Now.Epoch;

    /// <inheritdoc/>
    public long? BatchCount => _progress.BatchCount;

    /// <inheritdoc/>
    public LoaderState State => _progress.State;

    /// <inheritdoc/>
    public EpochReport? LastEpoch { get; private set; }

    /// <summary>Indexes the manifest where its order needs that, and starts helpers.</summary>
    /// <param name="manifest">
    /// What to read. It must be an <see cref="IIndexableManifest"/>, except for <see cref="ShuffleMode.Windowed"/> and <see cref="ShuffleMode.None"/>.
    /// </param>
    /// <param name="options">What to deliver.</param>
    /// <param name="loggers">Where faults are logged; null for nowhere.</param>
    /// <param name="supervisor">
    /// Decodes; it stays the caller's. Null starts one by <see cref="LoaderOptions.Supervision"/>, which the loader ends. Another than a
    /// <see cref="Supervisor"/> is asked clip by clip: nothing is read ahead, and a substitute is decoded once the clip before it is known to be bad.
    /// </param>
    /// <param name="time">The clock of the reports; null for the system's.</param>
    /// <param name="cancellation">Ends the opening.</param>
    /// <exception cref="ArgumentException">A setting is out of its range, or the manifest has no index and one is needed.</exception>
    /// <exception cref="ManifestException">The manifest cannot be read.</exception>
    /// <exception cref="HelperUnavailableException">No helper can be started.</exception>
    public static async Task<ClipLoader> OpenAsync(
        IManifest manifest,
        LoaderOptions options,
        ILoggerFactory? loggers = null,
        ISupervisor? supervisor = null,
        TimeProvider? time = null,
        CancellationToken cancellation = default)
    {
        OpenedManifest opened = await OpenedManifest.OpenAsync(manifest, options, TelemetryOf(loggers), cancellation).ConfigureAwait(false);
        Supervisor? own = null;
        try
        {
            own = supervisor is null ? await Supervisor.StartAsync(options.Supervision, loggers, cancellation).ConfigureAwait(false) : null;
            return await OpenAsync(options, own ?? SupervisorAdapter.AsDecoder(supervisor!), own, opened, loggers, time, cancellation).ConfigureAwait(false);
        }
        catch
        {
            opened.Index?.Dispose();
            if (own is not null)
            {
                await own.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }
    }

    /// <summary>Opens a loader over another decoder than a supervisor.</summary>
    internal static async Task<ClipLoader> OpenAsync(IManifest manifest, LoaderOptions options, IGuardedDecoder decoder, ILoggerFactory? loggers = null) =>
        await OpenAsync(
            options,
            decoder,
            null,
            await OpenedManifest.OpenAsync(manifest, options, TelemetryOf(loggers), CancellationToken.None).ConfigureAwait(false),
            loggers,
            null,
            CancellationToken.None).ConfigureAwait(false);

    private static async Task<ClipLoader> OpenAsync(
        LoaderOptions options,
        IGuardedDecoder decoder,
        Supervisor? ownSupervisor,
        OpenedManifest opened,
        ILoggerFactory? loggers,
        TimeProvider? time,
        CancellationToken cancellation)
    {
        options.ValidateSpecs(decoder.FindMistake);
        LoaderVerdicts? verdicts = options.Verdicts is not { } store ? null : await LoaderVerdicts.OpenAsync(
            options,
            store,
            decoder,
            opened.Manifest.Name,
            (loggers ?? NullLoggerFactory.Instance).CreateLogger<ClipLoader>(),
            time ?? TimeProvider.System,
            cancellation).ConfigureAwait(false);
        try
        {
            SnapshotExclusion? leftOut = options.Snapshot is not { } id ? null
                : await FindLeftOutAsync(opened.Manifest, options, opened.Index, verdicts!, id, cancellation).ConfigureAwait(false);
            return new ClipLoader(options, decoder, ownSupervisor, opened, verdicts, leftOut, loggers, time);
        }
        catch
        {
            if (verdicts is not null)
            {
                await verdicts.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }
    }

    private static async Task<SnapshotExclusion> FindLeftOutAsync(
        IManifest manifest, LoaderOptions options, IndexedRows? index, LoaderVerdicts verdicts, string snapshot, CancellationToken cancellation) =>
        await SnapshotExclusion.FindAsync(
            manifest,
            index,
            await verdicts.ReadSnapshotAsync(snapshot, cancellation).ConfigureAwait(false),
            verdicts.Naming,
            options,
            cancellation).ConfigureAwait(false);

    private static LoaderTelemetry TelemetryOf(ILoggerFactory? loggers) => new((loggers ?? NullLoggerFactory.Instance).CreateLogger<ClipLoader>());

    /// <inheritdoc/>
    public void Resume(params IReadOnlyList<LoaderState> states)
    {
        if (_isReading != 0)
        {
            throw new InvalidOperationException("A loop is reading from this loader; resume before it begins.");
        }

        EpochProgress progress = EpochProgressRestorer.Resume(states, _progress.State);
        _planner.CheckCounts(progress);
        _progress.MoveTo(progress);
    }

    /// <inheritdoc/>
    public Task<string> TakeSnapshotAsync(CancellationToken cancellation = default) => Store.TakeSnapshotAsync(cancellation);

    /// <inheritdoc/>
    public async Task UseSnapshotAsync(string id, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        LoaderVerdicts store = Store;
        if (_isReading != 0 || _progress.HasBegun)
        {
            throw new InvalidOperationException("The present epoch has begun, and its plan must stay as it is: use a snapshot between two epochs.");
        }

        _planner.LeftOut = await FindLeftOutAsync(_manifest, _options, _index, store, id, cancellation).ConfigureAwait(false);
        _progress.MoveTo(_progress.Now with { Snapshot = id });
    }

    /// <summary>Reads what is left of the present epoch.</summary>
    /// <param name="cancellationToken">Ends the loop with an <see cref="OperationCanceledException"/>.</param>
    public IAsyncEnumerator<Batch> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        new SingleReaderBatchEnumerator(ReadEpochAsync(cancellationToken).GetAsyncEnumerator(cancellationToken));

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

        if (_verdicts is not null)
        {
            await _verdicts.DisposeAsync().ConfigureAwait(false);
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

        EpochProgress begun = _progress.Now;
        var profile = new CodecTimingsAccount();
        var report = new EpochAccount(begun.Epoch, _time, _options.Supervision.Workers, profile, _decoder);
        using SampleReadAhead? ahead = _decoder.ReadsAhead > 0 ? new SampleReadAhead(_options, _decoder, begun.Epoch) : null;
        try
        {
            if (_verdicts is not null)
            {
                await _verdicts.BeginEpochAsync(cancellation).ConfigureAwait(false);
            }

            EpochRows rows = _planner.RowsOf(begun);
            var decoding = new SampleDecoding(_options, _decoder, begun.Epoch, _verdicts, ahead, profile);
            var budget = new FailureAccount(_options.Budget, _options.UnsettledBudget, begun.Failures);
            var run = new EpochRun(
                _options, _memory, rows, _planner.PlanOf(rows, begun), decoding, ahead, profile, begun.Consumed, begun.Ahead, cancellation);
            await using (run.ConfigureAwait(false))
            {
                lock (_ending)
                {
                    // DisposeAsync may have run while this run was being set up, and then has not ended it.
                    ObjectDisposedException.ThrowIf(_isDisposed, this);
                    _run = run;
                }

                var delivery = new BatchDelivery(run, _progress, _options, budget, report, _telemetry, _time);
                while (await delivery.NextAsync(cancellation).ConfigureAwait(false) is { } batch)
                {
                    if (batch.Samples.Count == 0)
                    {
                        batch.Dispose();
                        continue;
                    }

                    yield return batch;
                }
            }

            EpochProgress next = _progress.NextEpoch();
            if (_options.ExcludeFailed && _verdicts is not null)
            {
                string snapshot = await _verdicts.TakeSnapshotAsync(cancellation).ConfigureAwait(false);
                _planner.LeftOut = await FindLeftOutAsync(_manifest, _options, _index, _verdicts, snapshot, cancellation).ConfigureAwait(false);
                next = next with { Snapshot = snapshot };
            }

            _progress.MoveTo(next);
        }
        finally
        {
            _run = null;
            LastEpoch = report.Finish();
            _isReading = 0;
        }
    }

    private LoaderVerdicts Store => _verdicts ?? throw new InvalidOperationException(
        $"The loader has no verdict store: open it with {nameof(LoaderOptions)}.{nameof(LoaderOptions.Verdicts)}.");
}
