using System.Threading.Channels;

using ClipGuard.Manifests;
using ClipGuard.Supervision;

namespace ClipGuard.DryRuns;

/// <summary>The stage that reads the manifest: each row goes to the recorder in order, and each of its clips to a worker.</summary>
internal sealed class ManifestStage(
    ChannelWriter<RowInFlight> inOrder,
    ChannelWriter<ClipInFlight> clips,
    UnsettledRetryStage settling,
    RowByteBudget budget,
    DryRunProgress progress,
    DryRunOptions options,
    EarlierVerdictLookup earlier,
    FirstRowsCheck firstRows,
    ClipMentions mentions,
    ClipWorker worker,
    IGuardedDecoder decoder)
{
    private Action? _whenFull;
    private bool _areWaiting;

    /// <summary>True once the manifest's end or the limit was reached.</summary>
    public bool ReachedEnd { get; private set; }

    /// <summary>Reads to the end, the limit or the stop, and closes both channels.</summary>
    /// <param name="rows">The manifest's rows; the first is current.</param>
    /// <param name="passed">Rows that an interrupted run has recorded and that are not read again.</param>
    /// <param name="skip">Rows that an interrupted run has recorded, those among them.</param>
    /// <param name="stop">Ends the reading.</param>
    public async Task ReadAsync(IAsyncEnumerator<ManifestRow> rows, long passed, long skip, CancellationToken stop)
    {
        try
        {
            long count = passed;
            do
            {
                progress.RowRead(rows.Current);
                if (++count <= skip)
                {
                    progress.RowFinished();
                    if (count == skip)
                    {
                        progress.CaughtUp();
                    }

                    continue;
                }

                await SendAsync(new RowInFlight(Fitting(Numbered(rows.Current, count))), stop).ConfigureAwait(false);
            }
            while (count != options.Limit && await rows.MoveNextAsync().ConfigureAwait(false));
            ReachedEnd = true;
            progress.ReadToEnd();
        }
        finally
        {
            // Before the workers end, so that those that settle know of it before they do.
            settling.LastWasSent();
            inOrder.Complete();
            clips.Complete();
        }
    }

    // Lines of a blend are those of its sources, of which several have the same.
    private static ManifestRow Numbered(ManifestRow row, long number) => row.Origin is { } origin ? ConcatenatedManifest.Renumber(row, number, origin) : row;

    // Training would not take such a sample, however well its clips decode.
    private ManifestRow Fitting(ManifestRow row) =>
        options.ClipsPerSample is { } most && row is SampleRow { Sample: var sample } && ClipCountLimit.FirstOver(most, sample) is { } over
            ? new BadRow(row.Line, 1, $"{over.Count} {MediaTags.Noun(over.Kind)} clips", $"at most {most}, as many as a sample may have")
            {
                Origin = row.Origin,
                Location = row.Location,
                Next = row.Next,
                LeftOutBefore = row.LeftOutBefore,
            }
            : row;

    private void Wait()
    {
        _areWaiting = true;
        settling.RowsWait(true);
    }

    private async Task SendAsync(RowInFlight row, CancellationToken stop)
    {
        await budget.TakeAsync(row.HeldBytes, stop, _whenFull ??= Wait).ConfigureAwait(false);
        if (!inOrder.TryWrite(row))
        {
            Wait();
            await inOrder.WriteAsync(row, stop).ConfigureAwait(false);
        }

        if (_areWaiting)
        {
            _areWaiting = false;
            settling.RowsWait(false);
        }

        if (row.Row is BadRow)
        {
            progress.BadLineFound();
        }

        if (row.Clips.Count == 0)
        {
            progress.RowFinished();
        }

        for (int index = 0; index < row.Clips.Count; index++)
        {
            var clip = new ClipInFlight(row, index, Key: ClipMentions.KeyOf(row.Clips[index]));
            row.Name(index, clip.Key);
            if (earlier.Find((SampleRow)row.Row, index, out ClipFault? firstFailure) is { } verdict)
            {
                progress.TakenOver(verdict);
                firstRows.TakenOver(verdict);
                mentions.AddEarlier(clip, verdict);
                if (row.Settle(index, verdict))
                {
                    progress.RowFinished();
                }

                continue;
            }

            switch (mentions.Join(clip, out ClipVerdict? known))
            {
                case ClipMentions.Mention.IsKnown:
                    worker.Repeat(clip, known!);
                    continue;
                case ClipMentions.Mention.Waits:
                    continue;
                default:
                    break;
            }

            settling.Sent();
            IReadAheadClip? ahead = clip.Clip is { Refusal: null, Source: { } source } && !worker.MayBeKnown(clip.Clip)
                ? decoder.Announce(source)
                : null;
            try
            {
                await clips.WriteAsync(clip with { FirstFailure = firstFailure, Ahead = ahead }, stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                ahead?.Dispose();
                settling.Done(clip, isUnsettled: false);
                worker.Settle(clip, null);

                // The recorder waits for every row that it was sent, so the clips that will not reach a worker are settled here.
                for (int rest = index + 1; rest < row.Clips.Count; rest++)
                {
                    row.Settle(rest, null);
                }

                throw;
            }
        }
    }
}
