using ClipGuard.DryRuns.SecondOpinions;
using ClipGuard.Manifests;
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
public sealed class DryRun
{
    private readonly InputManifest _manifest;
    private readonly IGuardedDecoder _decoder;
    private readonly SecondDecoder? _second;
    private readonly DryRunOptions _options;
    private readonly VerdictSettings _settings;
    private readonly ILogger _log;
    private readonly TimeProvider _time;

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
        _manifest = new InputManifest(manifest, options.Excluded);
        _decoder = decoder;
        _options = options;
        _log = log ?? NullLogger.Instance;
        _time = time ?? TimeProvider.System;
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.ClipsPerSample ?? 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.FirstRows, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.DisagreementTolerance, nameof(options));
        _second = also is null ? null : new SecondDecoder(also, options.DisagreementTolerance);
        options.Budget.Validate();
        _settings = options.VerdictSettings(decoder, also, _manifest.Format);
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
        TextFormat? format = await FindFormatOfCleanRowsAsync(stop.Token).ConfigureAwait(false);
        await _manifest.CountLinesBeforeAsync(_options.Manifest, stop.Token).ConfigureAwait(false);
        var reading = new RunRows(_manifest.Rows, stop.Token);
        await using (reading.ConfigureAwait(false))
        {
            return await RunAsync(reading, format, begun, stop).ConfigureAwait(false);
        }
    }

    private async Task<DryRunSummary> RunAsync(RunRows reading, TextFormat? format, long begun, StageGroup stop)
    {
        await reading.BeginAsync().ConfigureAwait(false);
        await using VerdictStore? store = await OpenStoreAsync(stop.Token).ConfigureAwait(false);
        IReadOnlyList<SourceFile>? files = SourceFile.Of(_manifest.Whole);
        ManifestIdentity? identity = await ManifestIdentity.OfAsync(_manifest.Whole, files, stop.Token).ConfigureAwait(false);
        ShardRecordBuilder? shard = _manifest.Shard is { } part ? await ShardRecordBuilder.BeginAsync(part, stop.Token).ConfigureAwait(false) : null;
        ReadOnlyMemory<byte> header = format is null ? default : await format.ReadHeaderAsync(stop.Token).ConfigureAwait(false);
        VerdictSettings settings = format is null ? _settings with { CleanManifest = null } : _settings;
        using var output = OutputFolder.Open(_options, _manifest.Whole, _manifest.Shard?.Number, identity, files, settings);

        // A run that ended with unsettled clips is gone through once more, and only these are decoded.
        EarlierRun before = output.Earlier;
        using SettledVerdicts? known = before.ReadSettled();
        if (!header.IsEmpty && before.Continued is null)
        {
            output.Files.Clean?.Append(header.Span);
        }

        if (before.Continued is { Behind: { } behind })
        {
            await reading.GoOnAsync(behind, _options.Limit).ConfigureAwait(false);
        }

        RunTally tally = before.BeginTally();
        long resumedAfter = tally.Rows;
        TimeSpan Elapsed() => before.Elapsed + _time.GetElapsedTime(begun);
        var checkpoints = new RunCheckpoints(output, identity, _manifest.Rows.Name, _manifest.Shard?.Number, settings, Elapsed);
        if (before.Continued is null && checkpoints.OfRows(tally) is { } beginning)
        {
            output.Save(beginning);
        }

        Progress.Start(_manifest.ExtentOf(identity), tally, reading.First);
        if (reading.Passed > 0)
        {
            Progress.Passed(reading.Passed, before.Continued!.Behind!.Next.Offset);
        }

        LogBeginning(output, tally);
        var recorder = new FindingRecorder(
            output, new ExcludedRowBuilder(_manifest.Rows), _options.Manifest.IdField, tally, checkpoints.OfRows, _options.Budget, _time, _log);
        bool gaveData = known is not null || tally.Clips > tally.Faults[nameof(FaultKind.Missing)];
        var firstRows = new FirstRowsCheck(_options.KeepGoing || gaveData ? 0 : _options.FirstRows);
        var stages = new DryRunStages(_decoder, _second, _options, Progress, _time);
        var earlier = new EarlierVerdictLookup(output.JournalFindings, known);
        bool complete;
        try
        {
            complete = !reading.Any || await stages.RunAsync(reading, resumedAfter, earlier, firstRows, output, store, recorder, stop).ConfigureAwait(false);
        }
        catch (DryRunStoppedException) when (firstRows.AreBroken)
        {
            // What was found says nothing about the clips, and the next run is not to take it over.
            output.Forget();
            throw;
        }

        if (complete && shard is null && format?.Copier is { } copier)
        {
            complete = await output.TryCopyCleanRowsAsync(copier, stop.Token).ConfigureAwait(false);
        }

        ShardRecord? record = complete && shard is not null
            ? await shard.RecordAsync(settings, header.Length, tally.Refused, _manifest.Exclusion).ConfigureAwait(false)
            : null;
        var summaries = new SummaryBuilder(_manifest, _options, settings, _decoder, _second);
        DryRunSummary summary = summaries.Build(tally, resumedAfter, Elapsed(), cancelled: !complete);
        output.End(summary, summary.UnsettledCount == 0 ? null : checkpoints.OfWhole(tally), isShard: record is not null);
        if (record is not null)
        {
            output.EndShard(record);
        }

        if (summary.NotFoundCount > 0)
        {
            _log.RowsNotExcluded(_manifest.Exclusion!.Unmet(summary.LeftOutCount)!);
        }

        _log.RunEnds(summary.SampleCount, summary.ClipCount, summary.FaultCount, summary.ElapsedSeconds, summary.Cancelled);
        return summary;
    }

    private void LogBeginning(OutputFolder output, RunTally tally)
    {
        _log.RunBegins(_manifest.Rows.Name, _options.OutputFolder, _decoder.DecoderVersion, _decoder.Sandbox);
        foreach (string absent in _manifest.Exclusion?.Absent ?? [])
        {
            _log.RowsNotExcluded(absent);
        }

        if (output.Earlier.Retried is { } retried)
        {
            _log.UnsettledAreTried(retried.Tally.Unsettled);
        }
        else if (output.Earlier.Continued is not null)
        {
            _log.RunGoesOn(tally.Rows, output.JournalFindings.Verdicts);
        }
    }

    private async Task<VerdictStore?> OpenStoreAsync(CancellationToken cancellation) => _options.Verdicts is not { } verdicts ? null
        : await VerdictStore.OpenAsync(
            verdicts,
            PortableClipNaming.For(verdicts, _manifest.Rows.Name, _options.Manifest),
            _decoder,
            Enum.GetValues<ClipKind>().ToDictionary(
                static kind => kind, kind => VerdictConditions.Of(_decoder, _options.Guard, _options.Limits, _options.SpecFor(kind))),
            wantsGood: true,
            rank: null,
            _log,
            _time,
            cancellation).ConfigureAwait(false);

    // Null where clean rows cannot be written, because rows are no text that could be copied.
    private async Task<TextFormat?> FindFormatOfCleanRowsAsync(CancellationToken cancellation)
    {
        string? obstacle = _manifest.Format is null ? $"rows of {_manifest.Rows.Name} are no text that could be copied"
            : _manifest.Format.Copier is { } copier ? await copier.FindCopyObstacleAsync(cancellation).ConfigureAwait(false)
            : null;
        return obstacle is null ? _manifest.Format
            : _options.CleanManifest is { } clean ? throw new OutputException(
                $"{clean} cannot be written: {obstacle}. Leave out the rows that {OutputPaths.ExcludedName} names instead (--exclude)")
            : null;
    }
}
