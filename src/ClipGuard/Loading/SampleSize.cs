using ClipGuard.Manifests;

namespace ClipGuard.Loading;

/// <summary>How large a sample is, by its row and before anything of it is decoded.</summary>
/// <param name="Of">
/// The size of a sample: not negative, and the same on every rank and in every run. Null (and what is no finite number, or negative) where it is not known:
/// such a sample has a batch of its own. Called from one thread at a time.
/// </param>
/// <param name="Name">Names the size. It is part of the state, so that a run is not resumed with other batches.</param>
public sealed record SampleSize(Func<Sample, double?> Of, string Name = "a function")
{
    /// <summary>A numeric field of the row, as <c>"duration": 9.5</c> or <c>"9.5"</c>; not known of rows without it.</summary>
    /// <param name="name">The field's key.</param>
    public static SampleSize ByField(string name) => new(sample => sample.FindNumber(name), $"field {name}");

    /// <summary>The length of the messages' text, in characters (UTF-16 code units).</summary>
    public static SampleSize ByText() => new(static sample => sample.Messages.Sum(static message => message.Content.Length), "text");

    /// <summary>
    /// What a dry run found in the headers of a sample's clips, added up: a clip that it has no record of, or whose record does not say, leaves the sample's
    /// size unknown. A spec that takes a part of a clip, or scales it, makes it smaller than that.
    /// </summary>
    /// <param name="path">The dry run's <c>clips.jsonl</c>, which is read whole: 40 to 60 bytes of memory for each clip.</param>
    /// <param name="measure">What counts.</param>
    /// <exception cref="System.Text.Json.JsonException">It is another file.</exception>
    public static SampleSize ByClips(string path, ClipMeasure measure)
    {
        var sizes = ClipSizes.Read(path, measure);
        return new SampleSize(sizes.Of, $"{measure} of clips, {sizes.Fingerprint}");
    }

    /// <summary>The size of a sample; null where it is not known.</summary>
    internal double? Find(Sample sample) => Of(sample) is { } size && double.IsFinite(size) && size >= 0 ? size : null;
}

/// <summary>What of a clip counts towards a batch's size.</summary>
public enum ClipMeasure
{
    /// <summary>Seconds of audio and video; 0 for a picture.</summary>
    Seconds,

    /// <summary>Frames of video, by the header or by duration and frame rate; 1 for a picture, 0 for audio.</summary>
    Frames,

    /// <summary>Pixels of pictures, and of all frames of video together; 0 for audio.</summary>
    Pixels,
}
