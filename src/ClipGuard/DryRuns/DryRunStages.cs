using System.Threading.Channels;

using ClipGuard.DryRuns.SecondOpinions;
using ClipGuard.Supervision;
using ClipGuard.Verdicts;

namespace ClipGuard.DryRuns;

/// <summary>
/// What runs while rows are decoded: one task reads them, workers decode their clips in whatever order these end, one settles what nobody was to blame for, and
/// one records, with bounded channels between.
/// </summary>
/// <param name="decoder">Guards the decodes whose verdicts count.</param>
/// <param name="second">Asks a second decoder; null for none.</param>
/// <param name="options">The run's options.</param>
/// <param name="progress">Counts what comes of the run.</param>
/// <param name="time">The clock.</param>
internal sealed class DryRunStages(IGuardedDecoder decoder, SecondDecoder? second, DryRunOptions options, DryRunProgress progress, TimeProvider time)
{
    // Rows are recorded in order, so a clip that hangs holds up the recording of later rows. Their decoding goes on until so many bytes of them wait, with more
    // for each worker, whose rows may have clips inside them, or DryRunOptions.RowsInFlight.
    private const long BytesInFlight = 16 << 20;
    private const long BytesOfWorker = 1 << 20;
    private const long FlowingBytes = 2 << 20;

    /// <summary>Decodes and records what is left of the manifest.</summary>
    /// <param name="rows">Its rows; the first is current.</param>
    /// <param name="skip">Rows that an interrupted run has recorded.</param>
    /// <param name="earlier">What earlier runs found of the rest.</param>
    /// <param name="firstRows">Stops the run where none of the first rows gives data.</param>
    /// <param name="output">The run's folder.</param>
    /// <param name="store">Verdicts of other runs; null for none.</param>
    /// <param name="recorder">Writes rows.</param>
    /// <param name="stop">Ends the stages together.</param>
    /// <returns>Whether all rows are recorded.</returns>
    public async Task<bool> RunAsync(
        RunRows rows,
        long skip,
        EarlierVerdictLookup earlier,
        FirstRowsCheck firstRows,
        OutputFolder output,
        VerdictStore? store,
        FindingRecorder recorder,
        StageGroup stop)
    {
        int workers = options.Guard.Decodes;
        var inOrder = Channel.CreateBounded<RowInFlight>(new BoundedChannelOptions(options.RowsInFlight) { SingleReader = true, SingleWriter = true });
        var clips = Channel.CreateBounded<ClipInFlight>(new BoundedChannelOptions((2 * workers) + decoder.ReadsAhead) { SingleWriter = true });
        var budget = new RowByteBudget(BytesInFlight + (workers * BytesOfWorker), FlowingBytes);

        using var mentions = new ClipMentions(
            Path.GetFullPath(options.OutputFolder), output.FaultsPath, VerdictStore.MostGood - (store?.Good ?? 0), progress);
        mentions.Restore(output.Earlier.ReadSeen());
        var worker = new ClipWorker(decoder, second, options, output.Journal, store, mentions, firstRows, progress, stop);
        int retries = Math.Min(options.Guard.Workers, AvailableProcessors.Count);
        var settling = new UnsettledRetryStage(firstRows, worker.SettleAsync, retries, progress, worker.Settle);
        var reader = new ManifestStage(inOrder.Writer, clips.Writer, settling, budget, progress, options, earlier, firstRows, mentions, worker, decoder);
        var recording = new RecordingStage(inOrder.Reader, budget, recorder, time);
        Task[] decoding = [.. Enumerable.Range(0, workers).Select(number => stop.RunAsync(() => worker.WorkAsync(number, clips.Reader, settling)))];
        Task[] stages =
        [
            stop.RunAsync(() => reader.ReadAsync(rows.Rows, rows.Passed, skip, stop.Token)),
            stop.RunAsync(settling.RunAsync),
            stop.RunAsync(recording.RunAsync),
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
