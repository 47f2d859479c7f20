using System.Globalization;

using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Media.Wire;
using ClipGuard.Supervision;

namespace ClipGuard.DryRuns.SecondOpinions;

/// <summary>Decodes what another decoder has decoded, under a guard of its own, and says where the two disagree.</summary>
/// <param name="decoder">The second decoder. It is asked for the kinds of clips that it decodes.</param>
/// <param name="tolerance">How far values may lie apart.</param>
internal sealed class SecondDecoder(IGuardedDecoder decoder, double tolerance)
{
    private const int LongestEnding = 8;
    private const string DataAddress = "data:";

    /// <summary>Name and versions of the second decoder.</summary>
    public string Version => decoder.DecoderVersion;

    /// <summary>Decodes a clip once more. The first decode's bytes are its helper's still, so that a worker holds no more than one of each.</summary>
    /// <param name="inFlight">The clip.</param>
    /// <param name="request">What the first decoder was asked for, from where the clip lies.</param>
    /// <param name="first">What came of that.</param>
    /// <param name="cancellation">Ends the decode.</param>
    /// <returns>Null where the second decoder does not decode such clips, or the first has come to nothing.</returns>
    public async ValueTask<SecondOpinion?> AskAsync(ClipInFlight inFlight, DecodeRequest request, DecodeOutcome first, CancellationToken cancellation)
    {
        if (first.Unsettled is not null || !decoder.Kinds.Contains(WireKindNames.Of(request.Spec)))
        {
            return null;
        }

        string format = FormatOf(inFlight.Clip);

        // Nobody waits for a second opinion: where the machine is busy it takes its time, so that it is not the machine that they disagree about.
        using DecodeOutcome second = await decoder.SettleAsync(request, cancellation).ConfigureAwait(false);
        return new SecondOpinion(format)
        {
            IsCompared = second.Unsettled is null,
            Disagreement = second.Unsettled is null ? Compare(first, second, inFlight, format) : null,
        };
    }

    /// <summary>What a clip is counted under: the ending of its name, of a data address its type, and where there is neither its kind.</summary>
    public static string FormatOf(ClipReference clip) =>
        (clip.AsWritten.StartsWith(DataAddress, StringComparison.Ordinal) ? EndingOf(clip.AsWritten.Split(';', ',')[0].Replace('/', '.')) : null)
        ?? EndingOf(clip.AsWritten)
        ?? EndingOf(clip.Path ?? string.Empty)
        ?? clip.Kind switch
        {
            ClipKind.Audio => "audio",
            ClipKind.Video => "video",
            _ => "image",
        };

    private static string? EndingOf(string name)
    {
        string ending = Path.GetExtension(name).TrimStart('.').ToLowerInvariant();
        return ending.Length is > 0 and <= LongestEnding && ending.All(char.IsAsciiLetterOrDigit) ? ending : null;
    }

    private Disagreement? Compare(DecodeOutcome first, DecodeOutcome second, ClipInFlight inFlight, string format)
    {
        if (first.Fault is not null && second.Fault is not null)
        {
            return null;
        }

        ClipReference clip = inFlight.Clip;
        var found = new Disagreement
        {
            Line = inFlight.Line,
            Index = inFlight.Index,
            Clip = clip.AsWritten,
            Path = clip.Path,
            Kind = clip.Kind,
            Format = format,
            About = DisagreementSubject.Verdict,
            Message = string.Empty,
            Decoder = Opinion.Of(first),
            Also = Opinion.Of(second),
        };
        if (first.Fault is { } bad)
        {
            return found with { Message = $"The second decodes it, and for the first it is {bad.Kind}: {bad.Message}" };
        }

        if (second.Fault is { } worse)
        {
            return found with { Message = $"The first decodes it, and for the second it is {worse.Kind}: {worse.Message}" };
        }

        return CompareClips(found, first.Clip!, first.Payload, second.Clip!, second.Payload);
    }

    private Disagreement? CompareClips(
        Disagreement found, DecodedClip first, ReadOnlySpan<byte> firstBytes, DecodedClip second, ReadOnlySpan<byte> secondBytes)
    {
        bool isAudio = found.Kind == ClipKind.Audio;
        bool sameShape = first.SampleRateHz == second.SampleRateHz && first.Shape.SequenceEqual(second.Shape);
        if (!sameShape && (!isAudio || first.SampleRateHz != second.SampleRateHz || !first.Shape.SkipLast(1).SequenceEqual(second.Shape.SkipLast(1))))
        {
            return found with { About = DisagreementSubject.Shape, Message = $"{Told(first)}, and {Told(second)} for the second." };
        }

        ValueComparison values = isAudio ? ValueComparison.OfAudio(first, firstBytes, second, secondBytes)
            : ValueComparison.OfPictures((int)first.FrameCount(), firstBytes, secondBytes);
        if (sameShape && values.Largest <= tolerance)
        {
            return null;
        }

        double at = isAudio && first.SampleRateHz > 0 ? (double)values.Piece / first.SampleRateHz : 0;
        string where = isAudio ? string.Create(CultureInfo.InvariantCulture, $" at {at:0.0} s")
            : found.Kind == ClipKind.Video ? string.Create(CultureInfo.InvariantCulture, $" in frame {values.Piece}")
            : string.Empty;
        string apart = double.IsFinite(values.Largest) ? string.Create(CultureInfo.InvariantCulture, $"{values.Largest:0.####} of full scale apart{where}")
            : $"no number{where}";
        return found with
        {
            About = sameShape ? DisagreementSubject.Values : DisagreementSubject.Shape,
            Message = sameShape ? $"Values are {apart}."
                : $"{Told(first)}, and {Told(second)} for the second; as far as both go, values are {apart}.",
            Difference = double.IsFinite(values.Largest) ? Math.Round(values.Largest, 6) : null,
            AtSeconds = isAudio ? Math.Round(at, 3) : null,
            AtFrame = found.Kind == ClipKind.Video ? values.Piece : null,
        };
    }

    private static string Told(DecodedClip clip) => clip.SampleRateHz > 0
        ? $"{string.Join(" × ", clip.Shape)} samples at {clip.SampleRateHz} Hz"
        : string.Join(" × ", clip.Shape);
}
