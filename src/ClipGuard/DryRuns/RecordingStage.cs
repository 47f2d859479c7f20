using System.Threading.Channels;

namespace ClipGuard.DryRuns;

/// <summary>The stage that records rows in the manifest's order, each once its clips are settled.</summary>
/// <param name="rows">The rows, in the manifest's order.</param>
/// <param name="budget">What they hold is given back to it.</param>
/// <param name="recorder">Writes them.</param>
/// <param name="time">The clock.</param>
internal sealed class RecordingStage(ChannelReader<RowInFlight> rows, RowByteBudget budget, FindingRecorder recorder, TimeProvider time)
{
    /// <summary>Records until the rows end. Rows that are behind one that hangs wait for it.</summary>
    public async Task RunAsync()
    {
        try
        {
            while (await rows.WaitToReadAsync().ConfigureAwait(false))
            {
                while (rows.TryRead(out RowInFlight? row))
                {
                    if (!row.Finished.IsCompleted)
                    {
                        recorder.Flush();
                        budget.HoldUp(true);
                        await WaitForAsync(row).ConfigureAwait(false);
                        budget.HoldUp(false);
                    }

                    recorder.Record(row);
                    budget.Return(row.HeldBytes);
                }

                recorder.Flush();
            }
        }
        finally
        {
            // Whether the run ends in an error or was stopped: the next run goes on from here.
            recorder.Checkpoint();
        }
    }

    // While a row hangs, those behind it go on, and what is found of them has to reach the disk.
    private async Task WaitForAsync(RowInFlight row)
    {
        while (!row.Finished.IsCompleted)
        {
            await row.Finished.WaitAsync(FindingRecorder.CheckpointInterval, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!row.Finished.IsCompleted)
            {
                recorder.FlushToDisk();
            }
        }
    }
}
