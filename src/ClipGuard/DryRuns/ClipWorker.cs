using System.Threading.Channels;

using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.DryRuns;

/// <summary>The stage that decodes: one clip at a time, in a helper that is its own while it lasts.</summary>
internal sealed class ClipWorker(IGuardedDecoder decoder, DryRunOptions options, DryRunProgress progress, RunStop stop)
{
    /// <summary>
    /// Settles every clip, to the channel's end; unsettled ones are left to <paramref name="settling"/>. Once the run is stopped clips are settled without a
    /// verdict, since the recorder waits for all of them.
    /// </summary>
    public async Task WorkAsync(int number, ChannelReader<ClipInFlight> clips, Settling settling)
    {
        await foreach (ClipInFlight clip in clips.ReadAllAsync().ConfigureAwait(false))
        {
            await settling.WaitForPassAsync().ConfigureAwait(false);
            ClipVerdict? verdict = await DecideAsync(clip, number, DecodeAsync).ConfigureAwait(false);
            bool isUnsettled = verdict is { Unsettled: not null };
            if (isUnsettled)
            {
                progress.Postponed();
            }
            else
            {
                if (verdict is not null)
                {
                    progress.Decided(verdict);
                }

                if (clip.Row.Settle(clip.Index, verdict))
                {
                    progress.RowFinished();
                }
            }

            settling.Done(clip, isUnsettled);
        }
    }

    /// <summary>Tries an unsettled clip again, with all the time that it takes.</summary>
    public ValueTask<ClipVerdict?> SettleAsync(ClipInFlight clip, int number) => DecideAsync(clip, number, decoder.SettleAsync);

    private ValueTask<DecodeOutcome> DecodeAsync(DecodeRequest request, CancellationToken cancellation) =>
        decoder.DecodeAsync(request, onFirstFailure: null, cancellation);

    private async ValueTask<ClipVerdict?> DecideAsync(
        ClipInFlight inFlight, int number, Func<DecodeRequest, CancellationToken, ValueTask<DecodeOutcome>> decodeAsync)
    {
        long line = inFlight.Row.Row.Line;
        ClipReference clip = inFlight.Row.Clips[inFlight.Index];
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
            using DecodeOutcome outcome = await decodeAsync(request, stop.Token).ConfigureAwait(false);
            return new ClipVerdict(clip, outcome.Elapsed, outcome.Fault, outcome.Unsettled);
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
