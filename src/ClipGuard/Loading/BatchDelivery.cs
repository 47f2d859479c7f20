using System.Diagnostics;

namespace ClipGuard.Loading;

/// <summary>Takes the batches of an epoch from its stages, and accounts for each on its way to the loop.</summary>
/// <param name="run">The stages.</param>
/// <param name="progress">Where the loader is.</param>
/// <param name="options">The settings.</param>
/// <param name="budget">How much failure is accepted.</param>
/// <param name="report">Adds up what the epoch was like.</param>
/// <param name="telemetry">Where faults are logged.</param>
/// <param name="time">The clock.</param>
internal sealed class BatchDelivery(
    EpochRun run, LoaderStateTracker progress, LoaderOptions options, FailureAccount budget, EpochAccount report, LoaderTelemetry telemetry, TimeProvider time)
{
    /// <summary>The next batch, which counts as consumed now; null at the epoch's end.</summary>
    /// <param name="cancellation">Ends the wait for it.</param>
    public async ValueTask<Batch?> NextAsync(CancellationToken cancellation)
    {
        Batch? batch = await TakeAsync(cancellation).ConfigureAwait(false);
        if (batch is not null)
        {
            Account(batch);
        }

        return batch;
    }

    private async ValueTask<Batch?> TakeAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        long began = time.GetTimestamp();
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
            // Not the caller's cancellation: a stage failed and stopped the others. Its own error is what the caller has to see.
            throw await run.FailureAsync().ConfigureAwait(false) ?? new UnreachableException();
        }
        catch (BadSampleException error)
        {
            LogFaults(error.Faults);
            throw;
        }
        finally
        {
            waited = time.GetElapsedTime(began);
            report.Waited(waited);
            LoaderTelemetry.ConsumerWaited(waited);
        }

        if (batch is not null)
        {
            batch.Report = batch.Report with { Waited = waited };
        }

        return batch;
    }

    // A batch counts as consumed only where it is delivered. Where the budget or a hook ends the loop, it is not in the state, and a run that resumes from
    // there makes it again.
    private void Account(Batch batch)
    {
        bool isDelivered = false;
        try
        {
            LogFaults(batch.Report.Faults);
            budget.Add(batch.Report.TriedRowCount, batch.Report.Faults);
            EpochProgress next = progress.After(batch, budget.Count);
            batch.State = progress.StateOf(next);
            if (batch.Samples.Count > 0)
            {
                options.Collate?.Invoke(batch);
                LoaderTelemetry.Delivered(batch);
            }

            report.Add(batch);
            progress.MoveTo(next, batch.State);
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

    // Faults are logged when their batch is delivered, not when they are found: a batch that was made ahead may be thrown away and made again after a resume,
    // and its faults must not be logged twice.
    private void LogFaults(IReadOnlyList<SampleFault> faults)
    {
        foreach (SampleFault fault in faults)
        {
            telemetry.Fault(fault);
        }
    }
}
