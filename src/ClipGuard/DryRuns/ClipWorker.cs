using System.Threading.Channels;

using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.DryRuns;

/// <summary>The stage that decodes: one clip at a time, in a helper that is its own while it lasts.</summary>
internal sealed class ClipWorker(
    IGuardedDecoder decoder, DryRunOptions options, Journal journal, FirstRowsCheck firstRows, DryRunProgress progress, StageGroup stop)
{
    /// <summary>
    /// Settles every clip, to the channel's end; unsettled ones are left to <paramref name="settling"/>. Once the run is stopped clips are settled without a
    /// verdict, since the recorder waits for all of them.
    /// </summary>
    public async Task WorkAsync(int number, ChannelReader<ClipInFlight> clips, SettlingStage settling)
    {
        await foreach (ClipInFlight clip in clips.ReadAllAsync().ConfigureAwait(false))
        {
            await settling.WaitForPassAsync().ConfigureAwait(false);
            ClipVerdict? verdict = await TryAsync(clip, number).ConfigureAwait(false);
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
    public ValueTask<ClipVerdict?> SettleAsync(ClipInFlight clip, int number) =>
        DecideAsync(clip, number, (_, request) => decoder.SettleAsync(request, stop.Token));

    private async ValueTask<ClipVerdict?> TryAsync(ClipInFlight clip, int number)
    {
        ClipVerdict? verdict = await DecideAsync(clip, number, DecodeAsync).ConfigureAwait(false);
        if (verdict is not null && firstRows.Add(clip.Row, verdict) is { } broken)
        {
            stop.Fail(new DryRunStoppedException(broken));
        }

        return verdict;
    }

    private ValueTask<DecodeOutcome> DecodeAsync(ClipInFlight clip, DecodeRequest request) => clip.FirstFailure is { } before
        ? decoder.ContinueAsync(request, before, stop.Token)
        : decoder.DecodeAsync(request, failure => journal.AddFirstFailure(clip.Line, clip.Index, clip.Clip, failure), stop.Token);

    private async ValueTask<ClipVerdict?> DecideAsync(
        ClipInFlight inFlight, int number, Func<ClipInFlight, DecodeRequest, ValueTask<DecodeOutcome>> decodeAsync)
    {
        (long line, ClipReference clip) = (inFlight.Line, inFlight.Clip);
        if (clip.Refusal is { } refusal)
        {
            return ClipVerdict.Refused(line, clip, refusal);
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
            using DecodeOutcome outcome = await decodeAsync(inFlight, request).ConfigureAwait(false);
            var verdict = ClipVerdict.Of(line, inFlight.Index, clip, outcome);
            journal.Add(line, inFlight.Index, verdict);
            return verdict;
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
