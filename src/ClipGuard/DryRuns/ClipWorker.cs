using System.Threading.Channels;

using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.DryRuns;

/// <summary>The stage that decodes: one clip at a time, in a helper that is its own while it lasts.</summary>
internal sealed class ClipWorker(int number, IGuardedDecoder decoder, DryRunOptions options, DryRunProgress progress)
{
    /// <summary>
    /// Settles every clip, to the channel's end. Once the run is stopped clips are settled without a verdict, since the recorder waits for all of them.
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
            using DecodeOutcome outcome = await decoder.DecodeAsync(request, onFirstFailure: null, stop.Token).ConfigureAwait(false);
            return new ClipVerdict(clip, outcome.Elapsed, outcome.Fault);
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            return null;
        }
#pragma warning disable CA1031 // Without this worker rows would stay unsettled for ever, so it goes on; the error ends the run once all clips are settled.
        catch (Exception error)
#pragma warning restore CA1031
        {
            stop.Fail(error);
            return null;
        }
        finally
        {
            progress.End(number);
        }
    }
}
