using System.Threading.Channels;

using ClipGuard.Manifests;
using ClipGuard.Supervision;

namespace ClipGuard.DryRuns;

/// <summary>The stage that reads the manifest: each row goes to the recorder in order, and each of its clips to a worker.</summary>
internal sealed class ManifestStage(
    ChannelWriter<RowInFlight> inOrder,
    ChannelWriter<ClipInFlight> clips,
    SettlingStage settling,
    ByteBudget budget,
    DryRunProgress progress,
    DryRunOptions options,
    EarlierVerdicts earlier,
    FirstRowsCheck firstRows)
{
    /// <summary>True once the manifest's end or the limit was reached.</summary>
    public bool ReachedEnd { get; private set; }

    /// <summary>Reads to the end, the limit or the stop, and closes both channels.</summary>
    /// <param name="rows">The manifest's rows; the first is current.</param>
    /// <param name="skip">Rows that an interrupted run has recorded.</param>
    /// <param name="stop">Ends the reading.</param>
    public async Task ReadAsync(IAsyncEnumerator<ManifestRow> rows, long skip, CancellationToken stop)
    {
        try
        {
            long count = 0;
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

                await SendAsync(new RowInFlight(Fitting(rows.Current)), stop).ConfigureAwait(false);
            }
            while (count != options.Limit && await rows.MoveNextAsync().ConfigureAwait(false));
            ReachedEnd = true;
            progress.ReadToEnd();
        }
        finally
        {
            inOrder.Complete();
            clips.Complete();
        }
    }

    // Training would not take such a sample, however well its clips decode.
    private ManifestRow Fitting(ManifestRow row) =>
        options.ClipsPerSample is { } most && row is SampleRow { Sample: var sample } && ClipCounts.FirstOver(most, sample) is { } over
            ? new BadRow(row.Line, 1, $"{over.Count} {MediaTags.Noun(over.Kind)} clips", $"at most {most}, as many as a sample may have")
            {
                Origin = row.Origin,
                Place = row.Place,
            }
            : row;

    private async Task SendAsync(RowInFlight row, CancellationToken stop)
    {
        await budget.TakeAsync(row.HeldBytes, stop).ConfigureAwait(false);
        await inOrder.WriteAsync(row, stop).ConfigureAwait(false);
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
            if (earlier.Find((SampleRow)row.Row, index, out ClipFault? firstFailure) is { } verdict)
            {
                progress.TakenOver(verdict);
                firstRows.TakenOver(verdict);
                if (row.Settle(index, verdict))
                {
                    progress.RowFinished();
                }

                continue;
            }

            settling.Sent();
            try
            {
                await clips.WriteAsync(new ClipInFlight(row, index, firstFailure), stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                settling.Done(new ClipInFlight(row, index), isUnsettled: false);

                // The recorder waits for every row that it was sent, so the clips that will not reach a worker are settled here.
                while (index < row.Clips.Count)
                {
                    row.Settle(index++, null);
                }

                throw;
            }
        }
    }
}
