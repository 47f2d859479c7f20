using System.Threading.Channels;

using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.DryRuns;

/// <summary>The stage that decodes: one clip at a time, in a helper that is its own while it lasts.</summary>
internal sealed class ClipWorker(int number, GuardedDecoder decoder, DryRunOptions options, DryRunProgress progress)
{
    /// <summary>
    /// Settles every clip that comes, to the channel's end. Once the run is stopped clips are settled without a verdict, for the recorder waits for them all.
    /// </summary>
    public async Task WorkAsync(ChannelReader<ClipInFlight> clips, RunStop stop)
    {
        await foreach (ClipInFlight clip in clips.ReadAllAsync().ConfigureAwait(false))
        {
            ClipVerdict? verdict = await DecideAsync(clip.Row.Row.Line, clip.Row.Clips[clip.Index], stop).ConfigureAwait(false);
            if (verdict is not null)
            {
                progress.Decided(verdict);
            }

            if (clip.Row.Settle(clip.Index, verdict))
            {
                progress.RowFinished();
            }
        }
    }

    private async ValueTask<ClipVerdict?> DecideAsync(long line, ClipReference clip, RunStop stop)
    {
        if (clip.Refusal is { } refusal)
        {
            return ClipVerdict.Refused(clip, refusal);
        }

        if (stop.Token.IsCancellationRequested)
        {
            return null;
        }

        progress.Begin(number, line, clip.AsWritten);
        try
        {
            ClipSource source = clip.Source ?? throw new InvalidOperationException($"Line {line} names a clip with neither a source nor a refusal.");
            var request = new DecodeRequest(source, options.SpecFor(clip.Kind)) { Limits = options.Limits };
            using DecodeOutcome outcome = await decoder.DecodeAsync(request, stop.Token).ConfigureAwait(false);
            return new ClipVerdict(clip, outcome.Elapsed, outcome.Fault);
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            return null;
        }
#pragma warning disable CA1031 // A worker that left would leave rows unsettled: the failure ends the run once all is settled.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            stop.Fail(failure);
            return null;
        }
        finally
        {
            progress.End(number);
        }
    }
}
