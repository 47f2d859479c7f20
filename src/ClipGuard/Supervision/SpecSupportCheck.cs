using ClipGuard.Media;
using ClipGuard.Media.Wire;

namespace ClipGuard.Supervision;

/// <summary>
/// Whether a spec can be met at all by what decodes. One that cannot is the calling program's error and throws: as a fault it would be blamed on every clip
/// of the dataset. Pure.
/// </summary>
internal static class SpecSupportCheck
{
    /// <summary>Why a spec cannot be met, whatever the clip; null where it can.</summary>
    /// <param name="spec">What a clip is to be decoded to.</param>
    /// <param name="decoding">What decodes.</param>
    /// <param name="audioDecoders">The assemblies with audio decoders that ClipGuard's own helpers load, by their paths.</param>
    public static string? Find(ClipSpec spec, IDecodingBackend decoding, IReadOnlyList<string> audioDecoders)
    {
        if (SpecCheck.Find(spec) is { } wrong)
        {
            return wrong;
        }

        if (!decoding.Kinds.Contains(WireKindNames.Of(spec)))
        {
            return $"{decoding.HelperVersion} decodes {string.Join(", ", decoding.Kinds)}, and what is asked for is {WireKindNames.Of(spec)}.";
        }

        if (decoding.GreetingFor(spec) is { Windows: false } greeting && WireKindNames.AsksForWindows(spec))
        {
            return $"{greeting.Helper} gives no windows of clips: its greeting would have to say \"windows\":true. "
                + $"Leave {nameof(AudioSpec)}.{nameof(AudioSpec.Windows)} and {nameof(WindowFrames)} out for it.";
        }

        return spec is AudioSpec { Decoder: { } name } && decoding.ProgramFor(spec) is null
            && !audioDecoders.Any(path => AudioDecoderLoader.NameOf(path) == name)
            ? $"{nameof(AudioSpec)}.{nameof(AudioSpec.Decoder)} is '{name}', "
                + $"and {nameof(SupervisorOptions)}.{nameof(SupervisorOptions.AudioDecoders)} names no such assembly."
            : null;
    }
}
