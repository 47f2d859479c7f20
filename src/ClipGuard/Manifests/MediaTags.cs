using System.Text;

using ClipGuard.Media;

namespace ClipGuard.Manifests;

/// <summary>The tags <c>&lt;image&gt;</c>, <c>&lt;video&gt;</c> and <c>&lt;audio&gt;</c> that stand in messages for clips.</summary>
internal static class MediaTags
{
    private const int ShownKeys = 12;

    // ms-swift puts missing tags before the text in this order, one kind after the other, so that the last kind comes to stand first.
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
    public static void Match(SampleBuilder draft, MediaCounting counting)
    {
        if (draft.Messages.Count == 0)
        {
            return;
        }

        foreach (ClipKind kind in DefaultOrder)
        {
            int clips = CountClips(draft.Clips, kind);
            int tags = CountTags(draft.Messages, Tag(kind));
            if (tags > clips && (draft.BareParts(kind) > 0 || !draft.Clips.Exists(clip => clip.Kind == kind)))
            {
                throw WithoutClip(draft, kind, clips, tags);
            }

            if (tags != clips && (clips > 0 || counting == MediaCounting.Strict))
            {
                Mend(draft, kind, clips, tags, counting);
            }
        }
    }

    private static void Mend(SampleBuilder draft, ClipKind kind, int clips, int tags, MediaCounting counting)
    {
        string tag = Tag(kind);
        int first = draft.Messages.FindIndex(static message => message.Role != MessageRole.System);
        if (counting == MediaCounting.Strict)
        {
            throw new BadRowException(draft.MessagesAt, $"{tags} {tag} tags for {clips} {Noun(kind)} clips", "one tag for each clip");
        }
        else if (tags > clips)
        {
            draft.Warnings.Add($"{tags} {tag} tags for {clips} {Noun(kind)} clips");
        }
        else if (first < 0)
        {
            draft.Warnings.Add($"{clips - tags} {Noun(kind)} clips have no tag, and there is no message to put one in");
        }
        else
        {
            Message message = draft.Messages[first];
            string missing = new StringBuilder().Insert(0, tag, clips - tags).ToString();
            draft.Messages[first] = message with { Content = missing + message.Content };
        }
    }

    // Nothing would be decoded for such a tag or part, and the sample would pass for a good one.
    private static BadRowException WithoutClip(SampleBuilder draft, ClipKind kind, int clips, int tags)
    {
        string noun = Noun(kind);
        string others = string.Join(", ", draft.Fields.Select(static field => field.Name).Take(ShownKeys));
        string keys = others.Length == 0 ? string.Empty : $"; keys that name no clip: {others}";
        return new BadRowException(
            draft.MessagesAt,
            $"{tags} {Tag(kind)} tag{(tags == 1 ? string.Empty : "s")} for {clips} {noun} clips",
            $"a clip for each, under '{noun}s', '{noun}' or in a message's part{keys}");
    }

    private static int CountClips(List<ClipReference> clips, ClipKind kind)
    {
        int count = 0;
        foreach (ClipReference clip in clips)
        {
            // Rejected images take the place of the others; they have no tags of their own.
            count += clip.Kind == kind && clip.Key != SampleReader.RejectedImagesKey ? 1 : 0;
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
