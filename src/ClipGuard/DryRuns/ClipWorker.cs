using System.Diagnostics;
using System.Threading.Channels;

using ClipGuard.DryRuns.SecondOpinions;
using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Supervision;
using ClipGuard.Verdicts;

namespace ClipGuard.DryRuns;

/// <summary>The stage that decodes: one clip at a time, in a helper that is its own while it lasts.</summary>
internal sealed class ClipWorker(
    IGuardedDecoder decoder,
    SecondDecoder? second,
    DryRunOptions options,
    Journal journal,
    VerdictStore? store,
    ClipMentions mentions,
    FirstRowsCheck firstRows,
    DryRunProgress progress,
    StageGroup stop)
{
    /// <summary>
    /// Settles every clip, to the channel's end; unsettled ones are left to <paramref name="settling"/>. Once the run is stopped clips are settled without a
    /// verdict, since the recorder waits for all of them.
    /// </summary>
    public async Task WorkAsync(int number, ChannelReader<ClipInFlight> clips, UnsettledRetryStage settling)
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

                Settle(clip, verdict);
            }

            settling.Done(clip, isUnsettled);
        }
    }

    /// <summary>Whether the clip is an object that the verdict store may know, so that it need not be fetched.</summary>
    public bool MayBeKnown(ClipReference clip) => store?.KnowsObject(clip) == true;

    /// <summary>Tries an unsettled clip again, with all the time that it takes.</summary>
    public ValueTask<ClipVerdict?> SettleAsync(ClipInFlight clip, int number) =>
        DecideAsync(clip, number, (_, request) => decoder.SettleAsync(request, stop.Token));

    /// <summary>Gives a clip its verdict, and all later mentions of it that wait.</summary>
    public void Settle(ClipInFlight clip, ClipVerdict? verdict)
    {
        foreach ((ClipInFlight mention, ClipVerdict? own) in mentions.Settle(clip, verdict))
        {
            Consider(mention, own);
        }
    }

    /// <summary>Gives a later mention of a clip the verdict that the first one has.</summary>
    public void Repeat(ClipInFlight mention, ClipVerdict verdict)
    {
        progress.Decided(verdict);
        if (mention.Row.Settle(mention.Index, verdict))
        {
            progress.RowFinished();
        }

        Consider(mention, verdict);
    }

    private async ValueTask<ClipVerdict?> TryAsync(ClipInFlight clip, int number)
    {
        ClipVerdict? verdict = await DecideAsync(clip, number, DecodeAsync).ConfigureAwait(false);
        Consider(clip, verdict);
        return verdict;
    }

    private void Consider(ClipInFlight clip, ClipVerdict? verdict)
    {
        if (verdict is not null && firstRows.Add(clip.Row, verdict) is { } broken)
        {
            stop.Fail(new DryRunStoppedException(broken));
        }
    }

    private ValueTask<DecodeOutcome> DecodeAsync(ClipInFlight clip, DecodeRequest request) => clip.FirstFailure is { } before
        ? decoder.ContinueAsync(request, before, stop.Token)
        : decoder.DecodeAsync(request, failure => journal.AddFirstFailure(clip.Line, clip.Index, clip.Clip, failure), stop.Token);

    private async ValueTask<ClipVerdict?> DecideAsync(
        ClipInFlight inFlight, int number, Func<ClipInFlight, DecodeRequest, ValueTask<DecodeOutcome>> decodeAsync)
    {
        (long line, ClipReference clip) = (inFlight.Line, inFlight.Clip);
        using IReadAheadClip? ahead = inFlight.Ahead;
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
            var request = new DecodeRequest(ahead?.Source ?? source, options.SpecFor(clip.Kind)) { Limits = options.Limits };
            ObservedClip? observed = store is null ? null : await store.ObserveAsync(clip, stop.Token).ConfigureAwait(false);
            if (observed is not null && ahead?.ReadBeganAt is { } readAt && observed.ChangedSince(WallClock(readAt)))
            {
                // What was read may be of the file as it was before, and the verdict is to stand in the store for the file as it is.
                ahead.Forget();
            }

            // What is known needs no decode, but for its comparison with what another decoder makes of it.
            if (second is null && observed is not null && await store!.FindAsync(clip, observed, stop.Token).ConfigureAwait(false) is { } found)
            {
                return ClipVerdict.FromStore(line, clip, found.Fault, found.Facts);
            }

            ClipVerdict verdict;
            NewVerdict kept;
            using (DecodeOutcome outcome = await decodeAsync(inFlight, request).ConfigureAwait(false))
            {
                verdict = ClipVerdict.Of(line, inFlight.Index, clip, outcome);
                kept = NewVerdict.Of(outcome);
                observed = store?.ObservedOf(clip, observed, outcome);
                verdict = second is null ? verdict
                    : verdict with { Second = await second.AskAsync(inFlight, request with { Source = source }, outcome, stop.Token).ConfigureAwait(false) };
            }

            journal.Add(line, inFlight.Index, verdict);
            if (observed is not null && verdict.Unsettled is null)
            {
                await store!.AddAsync(clip, observed, kept, CancellationToken.None).ConfigureAwait(false);
            }

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

    // A second earlier, as clocks of file systems are coarse.
    private static DateTimeOffset WallClock(long timestamp) => DateTimeOffset.UtcNow - Stopwatch.GetElapsedTime(timestamp) - TimeSpan.FromSeconds(1);
}
