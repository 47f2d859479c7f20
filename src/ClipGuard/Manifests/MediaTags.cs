using System.Text;

using ClipGuard.Media;

namespace ClipGuard.Manifests;

/// <summary>The tags <c>&lt;image&gt;</c>, <c>&lt;video&gt;</c> and <c>&lt;audio&gt;</c>, which mark in messages where clips belong.</summary>
internal static class MediaTags
{
    private const int ShownKeys = 12;

    // ms-swift puts missing tags before the text in this order, one kind after the other, so that the tags of the last kind are the first in the text.
    private static readonly ClipKind[] DefaultOrder = [ClipKind.Image, ClipKind.Audio, ClipKind.Video];

    public static string Noun(ClipKind kind) => kind switch
    {
        ClipKind.Image => "image",
        ClipKind.Video => "video",
        _ => "audio",
    };

    public static string Tag(ClipKind kind) => kind switch
    {
        ClipKind.Image => "<image>",
        ClipKind.Video => "<video>",
        _ => "<audio>",
    };

    /// <summary>
    /// Makes tags and clips of each kind match as far as <paramref name="counting"/> allows. A part without a clip, and tags of a kind of which the row has
    /// no clip at all, are never allowed: nothing would be looked at.
    /// </summary>
    /// <exception cref="BadRowException">They must match and do not.</exception>
    public static void Match(SampleBuilder sample, MediaCounting counting)
    {
        if (sample.Messages.Count == 0)
        {
            return;
        }

        foreach (ClipKind kind in DefaultOrder)
        {
            int clips = CountClips(sample.Clips, kind);
            int tags = CountTags(sample.Messages, Tag(kind));
            if (tags > clips && (sample.BareParts(kind) > 0 || !sample.Clips.Exists(clip => clip.Kind == kind)))
            {
                throw WithoutClip(sample, kind, clips, tags);
            }

            if (tags != clips && (clips > 0 || counting == MediaCounting.Strict))
            {
                Mend(sample, kind, clips, tags, counting);
            }
        }
    }

    private static void Mend(SampleBuilder sample, ClipKind kind, int clips, int tags, MediaCounting counting)
    {
        string tag = Tag(kind);
        int first = sample.Messages.FindIndex(static message => message.Role != MessageRole.System);
        if (counting == MediaCounting.Strict)
        {
            throw new BadRowException(sample.MessagesAt, $"{tags} {tag} tags for {clips} {Noun(kind)} clips", "one tag for each clip");
        }
        else if (tags > clips)
        {
            sample.Warnings.Add($"{tags} {tag} tags for {clips} {Noun(kind)} clips");
        }
        else if (first < 0)
        {
            sample.Warnings.Add($"{clips - tags} {Noun(kind)} clips have no tag, and there is no message to put one in");
        }
        else
        {
            Message message = sample.Messages[first];
            string missing = new StringBuilder().Insert(0, tag, clips - tags).ToString();
            sample.Messages[first] = message with { Content = missing + message.Content };
        }
    }

    // Nothing would be decoded for such a tag or part, and the sample would pass for a good one.
    private static BadRowException WithoutClip(SampleBuilder sample, ClipKind kind, int clips, int tags)
    {
        string noun = Noun(kind);
        string others = string.Join(", ", sample.Fields.Select(static field => field.Name).Take(ShownKeys));
        string keys = others.Length == 0 ? string.Empty : $"; keys that name no clip: {others}";
        return new BadRowException(
            sample.MessagesAt,
            $"{tags} {Tag(kind)} tag{(tags == 1 ? string.Empty : "s")} for {clips} {noun} clips",
            $"a clip for each, under '{noun}s', '{noun}' or in a message's part{keys}");
    }

    private static int CountClips(List<ClipReference> clips, ClipKind kind)
    {
        int count = 0;
        foreach (ClipReference clip in clips)
        {
            // Rejected images are used with the same tags as the images that they are the alternative to.
            count += clip.Kind == kind && clip.Key != JsonSampleReader.RejectedImagesKey ? 1 : 0;
        }

        return count;
    }

    private static int CountTags(List<Message> messages, string tag)
    {
        int count = 0;
        foreach (Message message in messages)
        {
            count += message.Content.AsSpan().Count(tag);
        }

        return count;
    }
}
