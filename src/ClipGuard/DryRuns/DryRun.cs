using System.Threading.Channels;

using ClipGuard.DryRuns.SecondOpinions;
using ClipGuard.Manifests;
using ClipGuard.Manifests.Sharding;
using ClipGuard.Media;
using ClipGuard.Runs;
using ClipGuard.Supervision;
using ClipGuard.Verdicts;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClipGuard.DryRuns;

/// <summary>
/// Decodes every clip of a manifest the way training would, and writes down which ones gave no data. Rows are read by one task, their clips decoded by
/// workers in whatever order they end, and the verdicts recorded by one task in manifest order, with bounded channels between.
/// </summary>
public sealed partial class DryRun
{
    // Rows are recorded in order, so a clip that hangs holds up the recording of later rows. Their decoding goes on until so many bytes of them wait, with more
    // for each worker, whose rows may have clips inside them, or DryRunOptions.RowsInFlight.
    private const long BytesInFlight = 16 << 20;
    private const long BytesOfWorker = 1 << 20;
    private const long FlowingBytes = 2 << 20;

    private readonly IManifest _manifest;
    private readonly ManifestExclusion? _exclusion;
    private readonly ExcludingManifest? _excluding;
    private readonly IManifest _whole;
    private readonly ManifestShard? _part;
    private readonly IGuardedDecoder _decoder;
    private readonly SecondDecoder? _second;
    private readonly DryRunOptions _options;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private VerdictSettings _settings;
    private TextFormat? _format;

    /// <summary>A dry run that has not begun.</summary>
    /// <param name="manifest">What to decode.</param>
    /// <param name="supervisor">Guards the decodes; it stays the caller's.</param>
    /// <param name="options">What clips are decoded to, and where the findings go.</param>
    /// <param name="log">Where the run and each fault are logged; null for nowhere.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public DryRun(IManifest manifest, Supervisor supervisor, DryRunOptions options, ILogger<DryRun>? log = null, TimeProvider? time = null)
        : this(manifest, (IGuardedDecoder)supervisor, options, log, time)
    {
    }

    /// <summary>A dry run that has not begun, and that has every clip decoded by a second decoder too, to tell where the two disagree.</summary>
    /// <inheritdoc cref="DryRun(IManifest, Supervisor, DryRunOptions, ILogger{DryRun}, TimeProvider)"/>
    /// <param name="manifest">What to decode.</param>
    /// <param name="supervisor">Guards the decodes whose verdicts count; it stays the caller's.</param>
    /// <param name="also">
    /// Guards the second decodes, of the kinds of clips that it decodes; it stays the caller's. What it finds bad is no fault of the run's.
    /// </param>
    /// <param name="options">What clips are decoded to, and where the findings go.</param>
    /// <param name="log">Where the run and each fault are logged; null for nowhere.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public DryRun(
        IManifest manifest, Supervisor supervisor, Supervisor also, DryRunOptions options, ILogger<DryRun>? log = null, TimeProvider? time = null)
        : this(manifest, supervisor, options, log, time, also) => ArgumentNullException.ThrowIfNull(also);

    internal DryRun(
        IManifest manifest, IGuardedDecoder decoder, DryRunOptions options, ILogger? log = null, TimeProvider? time = null, IGuardedDecoder? also = null)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(decoder);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Limit ?? 1, nameof(options));
        _exclusion = options.Excluded is { } list ? ManifestExclusion.Of(list, manifest) : null;
        _excluding = _exclusion is null ? null : new ExcludingManifest(manifest, _exclusion);
        _whole = manifest;
        _manifest = _excluding ?? manifest;
        _part = manifest as ManifestShard;
        _decoder = decoder;
        _options = options;
        _log = log ?? NullLogger.Instance;
        _time = time ?? TimeProvider.System;
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.ClipsPerSample ?? 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.FirstRows, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.DisagreementTolerance, nameof(options));
        _second = also is null ? null : new SecondDecoder(also, options.DisagreementTolerance);
        options.Budget.Validate();
        _format = TextFormat.Of(manifest);
        _settings = options.VerdictSettings(decoder, also, _format);
        Progress = new DryRunProgress(options.Guard.Decodes, options.Limit, _time);
    }

    /// <summary>How far the run is.</summary>
    public DryRunProgress Progress { get; }

    /// <summary>
    /// Runs to the manifest's end. Where <paramref name="cancellation"/> ends it before, decodes are broken off, what was found is on disk, complete line by
    /// line, and the summary says so; the next run into the same folder goes on from there.
    /// </summary>
    /// <param name="cancellation">Ends the run early. This is no exception.</param>
    /// <exception cref="OperationCanceledException">The run was cancelled before its first row; the output folder is as it was.</exception>
    /// <exception cref="ManifestException">The manifest cannot be read.</exception>
    /// <exception cref="OutputException">The output folder cannot be used, is in use, or holds a run that cannot go on with these settings.</exception>
    /// <exception cref="HelperUnavailableException">No helper can be started.</exception>
    /// <exception cref="DryRunStoppedException">
    /// None of the first rows gave data, so that something around the run is broken, or more rows failed than <see cref="DryRunOptions.Budget"/> allows.
    /// </exception>
    public async Task<DryRunSummary> RunAsync(CancellationToken cancellation = default)
    {
        long begun = _time.GetTimestamp();
        using var stop = new StageGroup(cancellation);
        await LookWhetherRowsCanBeCopiedAsync(stop.Token).ConfigureAwait(false);

        if (_excluding is not null && _part is { CountsLinesOfFiles: true })
        {
            var files = new ManifestFiles(_options.Manifest);
            _excluding.LinesBefore = await Task.Run(() => LineCut.CountLines(_part.Name, files, _part.Extent.From, stop.Token), stop.Token)
                .ConfigureAwait(false);
        }

        var reading = new RunRows(_manifest, stop.Token);
        await using (reading.ConfigureAwait(false))
        {
            return await RunAsync(reading, begun, stop).ConfigureAwait(false);
        }
    }

    private async Task<DryRunSummary> RunAsync(RunRows reading, long begun, StageGroup stop)
    {
        await reading.BeginAsync().ConfigureAwait(false);
        await using VerdictStore? store = await OpenStoreAsync(stop.Token).ConfigureAwait(false);
        IReadOnlyList<SourceFile>? files = SourceFile.Of(_whole);
        ManifestIdentity? identity = await ManifestIdentity.OfAsync(_whole, files, stop.Token).ConfigureAwait(false);
        ShardManifest? shared = _part is not null ? await ShardManifest.OfAsync(_manifest, stop.Token).ConfigureAwait(false) : null;
        ReadOnlyMemory<byte> header = _format is null ? default : await _format.ReadHeaderAsync(stop.Token).ConfigureAwait(false);
        using OutputFolder output = OutputFolder.Open(_options, _whole, identity, files, _settings, out Checkpoint? resumed);

        // A run that ended with unsettled clips is gone through once more, and only these are decoded.
        using SettledVerdicts? known = resumed is { IsWhole: true } ? output.ReadKnownVerdicts() : null;
        var earlier = new EarlierVerdictLookup(output.JournalFindings, known);
        if (!header.IsEmpty && (resumed is null || known is not null))
        {
            output.Clean?.Append(header.Span);
        }

        if (resumed is { IsWhole: false, Behind: { } behind })
        {
            await reading.GoOnAsync(behind, _options.Limit).ConfigureAwait(false);
        }

        RunTally tally = known is not null ? new RunTally { Slowest = resumed!.Tally.Slowest, Agreement = resumed.Tally.Agreement }
            : resumed?.Tally ?? new RunTally();
        long resumedAfter = tally.Rows;
        TimeSpan Elapsed() => (resumed?.Elapsed ?? TimeSpan.Zero) + _time.GetElapsedTime(begun);
        Checkpoint? CheckpointOf(RunTally recorded, bool isWhole) => identity is null ? null : new Checkpoint
        {
            Manifest = identity,
            IsWhole = isWhole,
            Settings = _settings,
            Tally = recorded,
            Behind = isWhole ? null : recorded.LastRow is { } last ? RowPosition.Behind(last, _manifest.Name, recorded.Rows) : resumed?.Behind,
            FaultsBytes = output.Faults.Length,
            CleanBytes = output.Clean?.Length ?? 0,
            ExcludedBytes = output.Excluded.Length,
            UnsettledBytes = output.Unsettled.Length,
            SeenBytes = output.Seen.Length,
            ClipsBytes = output.Clips.Length,
            DisagreementsBytes = output.Disagreements?.Length ?? 0,
            Elapsed = Elapsed(),
        };
        Checkpoint? MakeCheckpoint(RunTally recorded) => known is not null ? null : CheckpointOf(recorded, isWhole: false);

        if (resumed is null && MakeCheckpoint(tally) is { } beginning)
        {
            output.Save(beginning);
        }

        Progress.Start(ExtentOf(identity), tally, reading.First);
        if (reading.Passed > 0)
        {
            Progress.Passed(reading.Passed, resumed!.Behind!.Next.Offset);
        }

        _log.RunBegins(_manifest.Name, _options.OutputFolder, _decoder.DecoderVersion, _decoder.Sandbox);
        foreach (string absent in _exclusion?.Absent ?? [])
        {
            _log.RowsNotExcluded(absent);
        }

        if (known is not null)
        {
            _log.UnsettledAreTried(resumed!.Tally.Unsettled);
        }
        else if (resumed is not null)
        {
            _log.RunGoesOn(tally.Rows, output.JournalFindings.Verdicts);
        }

        var recorder = new Recorder(output, new ExcludedRows(_manifest), _options.Manifest.IdField, tally, MakeCheckpoint, _options.Budget, _time, _log);
        IEnumerable<SeenClip> SeenBefore() => resumed is { IsWhole: false, SeenBytes: var bytes } ? SeenClip.Read(output.SeenPath, bytes) : [];
        bool complete;
        bool gaveData = known is not null || tally.Clips > tally.Faults[nameof(FaultKind.Missing)];
        var firstRows = new FirstRowsCheck(_options.KeepGoing || gaveData ? 0 : _options.FirstRows);
        try
        {
            complete = !reading.Any
                || await DecodeAsync(reading, resumedAfter, earlier, firstRows, output, SeenBefore(), store, recorder, stop).ConfigureAwait(false);
        }
        catch (DryRunStoppedException) when (firstRows.AreBroken)
        {
            // What was found says nothing about the clips, and the next run is not to take it over.
            output.Forget();
            throw;
        }

        if (complete && _part is null && _format?.Copier is { } copier)
        {
            complete = await output.TryCopyCleanRowsAsync(copier, stop.Token).ConfigureAwait(false);
        }

        ShardRecord? record = complete && shared is not null
            ? await RecordShardAsync(_part!, shared, header.Length, tally.Refused).ConfigureAwait(false)
            : null;
        DryRunSummary summary = Summarise(tally, resumedAfter, Elapsed(), cancelled: !complete);
        output.End(summary, summary.UnsettledCount == 0 ? null : CheckpointOf(tally, isWhole: true), isShard: record is not null);
        if (record is not null)
        {
            output.EndShard(record);
        }

        if (summary.NotFoundCount > 0)
        {
            _log.RowsNotExcluded(_exclusion!.Unmet(summary.LeftOutCount)!);
        }

        _log.RunEnds(summary.SampleCount, summary.ClipCount, summary.FaultCount, summary.ElapsedSeconds, summary.Cancelled);
        return summary;
    }

    private async Task<VerdictStore?> OpenStoreAsync(CancellationToken cancellation) => _options.Verdicts is not { } verdicts ? null
        : await VerdictStore.OpenAsync(
            verdicts,
            ClipNaming.For(verdicts, _manifest.Name, _options.Manifest),
            _decoder,
            Enum.GetValues<ClipKind>().ToDictionary(
                static kind => kind, kind => VerdictConditions.Of(_decoder, _options.Guard, _options.Limits, _options.SpecFor(kind))),
            wantsGood: true,
            rank: null,
            _log,
            _time,
            cancellation).ConfigureAwait(false);

    private async Task LookWhetherRowsCanBeCopiedAsync(CancellationToken cancellation)
    {
        string? obstacle = _format is null ? $"rows of {_manifest.Name} are no text that could be copied"
            : _format.Copier is { } copier ? await copier.FindCopyObstacleAsync(cancellation).ConfigureAwait(false)
            : null;
        if (obstacle is null)
        {
            return;
        }

        if (_options.CleanManifest is { } clean)
        {
            throw new OutputException(
                $"{clean} cannot be written: {obstacle}. Leave out the rows that {OutputFolder.ExcludedName} names instead (--exclude)");
        }

        _format = null;
        _settings = _settings with { CleanManifest = null };
    }

    private async Task<bool> DecodeAsync(
        RunRows rows,
        long skip,
        EarlierVerdictLookup earlier,
        FirstRowsCheck firstRows,
        OutputFolder output,
        IEnumerable<SeenClip> seenBefore,
        VerdictStore? store,
        Recorder recorder,
        StageGroup stop)
    {
        int workers = _options.Guard.Decodes;
        var inOrder = Channel.CreateBounded<RowInFlight>(new BoundedChannelOptions(_options.RowsInFlight) { SingleReader = true, SingleWriter = true });
        var clips = Channel.CreateBounded<ClipInFlight>(new BoundedChannelOptions((2 * workers) + _decoder.ReadsAhead) { SingleWriter = true });
        var budget = new ByteBudget(BytesInFlight + (workers * BytesOfWorker), FlowingBytes);

        using var mentions = new ClipMentions(
            Path.GetFullPath(_options.OutputFolder), output.FaultsPath, VerdictStore.MostGood - (store?.Good ?? 0), Progress);
        mentions.Restore(seenBefore);
        var worker = new ClipWorker(_decoder, _second, _options, output.Journal, store, mentions, firstRows, Progress, stop);
        var settling = new SettlingStage(firstRows, worker.SettleAsync, Math.Min(_options.Guard.Workers, ProcessorShare.Count), Progress, worker.Settle);
        var reader = new ManifestStage(inOrder.Writer, clips.Writer, settling, budget, Progress, _options, earlier, firstRows, mentions, worker, _decoder);
        Task[] decoding = [.. Enumerable.Range(0, workers).Select(number => stop.RunAsync(() => worker.WorkAsync(number, clips.Reader, settling)))];
        Task[] stages =
        [
            stop.RunAsync(() => reader.ReadAsync(rows.Rows, rows.Passed, skip, stop.Token)),
            stop.RunAsync(settling.RunAsync),
            stop.RunAsync(() => RecordAsync(inOrder.Reader, budget, recorder)),
        ];
        await Task.WhenAll(decoding).ConfigureAwait(false);
        settling.Close();
        await Task.WhenAll(stages).ConfigureAwait(false);
        stop.ThrowIfFailed();
        bool complete = reader.ReachedEnd && !recorder.HasGap;
        if (complete && mentions.Distinct is { } distinct)
        {
            // Counted by clips and not by what was decoded when, so that a run that was interrupted, and shards that are merged, count the same.
            recorder.Tally.Repeated = recorder.Tally.Clips - recorder.Tally.Refused - distinct;
        }

        return complete;
    }
}
