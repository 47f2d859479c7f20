using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Randomness;

namespace ClipGuard.Loading;

/// <summary>Runs the hook that changes samples. Whatever it throws is data: the sample is bad, and the loader goes on. Any number of threads.</summary>
internal sealed class SampleTransforming(LoaderOptions options, SampleTransform transform, int epoch)
{
    private const ulong Purpose = 0x7A4F;

    private readonly ulong _seed = StableHash.Of(unchecked((ulong)options.Seed), Purpose, (ulong)epoch);

    /// <summary>Runs the hook on a sample that is complete.</summary>
    /// <param name="place">The sample.</param>
    /// <param name="held">Its clips, which the hook may change.</param>
    /// <param name="cancellation">Of the epoch.</param>
    /// <returns>Null, or why there is no sample.</returns>
    public SampleFault? Run(BatchSample place, HeldClips held, CancellationToken cancellation)
    {
        ulong seed = StableHash.Of(_seed, (ulong)place.Position, (ulong)place.SubstituteNumber);
        IEnumerable<ClipReference> references = place.Sample!.Clips.Where(clip => options.SpecOf(clip.Kind) is not null);
        TransformClip[] clips = [.. references.Zip(held.Clips, static (reference, clip) => new TransformClip(reference, clip))];
        var context = new SampleTransformContext(epoch, place, clips, seed, cancellation);
        try
        {
            transform(context);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // A hook is the user's code, and may fail on one sample in a million in any way; the budget ends a run in which it fails often.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return FaultOf(place, $"The transform hook threw {error.GetType().Name}: {error.Message}") with { Exception = error };
        }
        finally
        {
            Array.ForEach(clips, static clip => clip.End());
        }

        return context.DropReason is { } reason ? FaultOf(place, $"The transform hook dropped the sample: {reason}") with { IsDropped = true }
            : Array.Find(clips, clip => PaddedBytes(held, clip) > options.MaxPaddedBytes) is { } over ? TooLarge(place, held, over)
            : null;
    }

    private static long PaddedBytes(HeldClips held, TransformClip clip) => held.PaddedBytes(clip.Reference.Kind, clip.Clip, clip.Index);

    private SampleFault TooLarge(BatchSample place, HeldClips held, TransformClip clip) => FaultOf(
        place,
        $"A batch padded to this clip as the transform hook left it would take {PaddedBytes(held, clip)} bytes, more than the "
            + $"{options.MaxPaddedBytes} that {nameof(LoaderOptions.MaxPaddedBytes)} allows.") with
    {
        Clip = clip.Reference,
        Kind = FaultKind.LimitExceeded,
    };

    private static SampleFault FaultOf(BatchSample place, string message) =>
        new(place.Position, place.SubstituteNumber, place.Line, message) { Origin = place.Origin };
}
