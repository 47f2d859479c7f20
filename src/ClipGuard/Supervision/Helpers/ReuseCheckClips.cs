using ClipGuard.Media;

namespace ClipGuard.Supervision.Helpers;

/// <summary>What helpers of a pool decode to show that they are sound, a clip for each decoder, made when first needed. Under the pool's lock.</summary>
/// <param name="options">What bounds their decodes.</param>
internal sealed class ReuseCheckClips(SupervisorOptions options)
{
    private readonly Dictionary<string, ReuseCheckClip> _clips = [];

    /// <summary>The known clip that goes through the same decoder as clips with a spec do.</summary>
    public ReuseCheckClip For(ClipSpec spec)
    {
        string decoder = $"{spec.Kind} {(spec as AudioSpec)?.Decoder}";
        if (!_clips.TryGetValue(decoder, out ReuseCheckClip? known))
        {
            _clips.Add(decoder, known = ReuseCheckClip.For(spec, options));
        }

        return known;
    }
}
