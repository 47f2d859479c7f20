using ClipGuard.Media;

namespace ClipGuard.Manifests;

/// <summary>A sample while its row is being read. Used again for the next row.</summary>
internal sealed class SampleBuilder
{
    private readonly long[] _listAt = [-1, -1, -1];
    private readonly bool[] _hasMessageClips = new bool[3];
    private readonly int[] _bareParts = new int[3];

    public List<Message> Messages { get; } = [];

    public List<ClipReference> Clips { get; } = [];

    public List<SampleField> Fields { get; } = [];

    public List<string> Warnings { get; } = [];

    /// <summary>The keys that messages were made of, as written.</summary>
    public List<string> TextKeys { get; } = [];

    /// <summary>The row's keys, as they are meant, for messages.</summary>
    public List<string> Keys { get; } = [];

    /// <summary>Whether the clips are there already, and the row names none.</summary>
    public bool ClipsAreGiven { get; set; }

    /// <summary>Bytes from the row's start to its <c>messages</c>; -1 where there are none.</summary>
    public long MessagesAt { get; set; }

    public void Clear()
    {
        Messages.Clear();
        Clips.Clear();
        Fields.Clear();
        Warnings.Clear();
        TextKeys.Clear();
        Keys.Clear();
        ClipsAreGiven = false;
        MessagesAt = -1;
        _listAt.AsSpan().Fill(-1);
        _hasMessageClips.AsSpan().Clear();
        _bareParts.AsSpan().Clear();
    }

    /// <summary>Forgets the messages that were read so far, and all warnings but the first ones.</summary>
    public void DropMessages(int warnings)
    {
        Messages.Clear();
        TextKeys.Clear();
        MessagesAt = -1;
        _bareParts.AsSpan().Clear();
        Warnings.RemoveRange(warnings, Warnings.Count - warnings);
    }

    /// <summary>Notes that the row has a list of clips of this kind beside its messages.</summary>
    /// <exception cref="BadRowException">It had one already.</exception>
    public void BeginList(ClipKind kind, long at)
    {
        if (_listAt[(int)kind] >= 0)
        {
            throw new BadRowException(at, $"a second list of {MediaTags.Noun(kind)} clips", "one list for each kind");
        }

        _listAt[(int)kind] = at;
    }

    /// <summary>Adds a clip that is named inside a message.</summary>
    public void AddMessageClip(ClipReference clip)
    {
        Clips.Add(clip);
        _hasMessageClips[(int)clip.Kind] = true;
    }

    /// <summary>Notes a typed part that names no clip: it stands for one of the row's lists.</summary>
    public void AddBarePart(ClipKind kind) => _bareParts[(int)kind]++;

    /// <summary>How many typed parts of this kind name no clip.</summary>
    public int BareParts(ClipKind kind) => _bareParts[(int)kind];

    /// <summary>Refuses rows that name clips of one kind both inside their messages and in a list beside them, since their order is then unknown.</summary>
    /// <exception cref="BadRowException">The row does.</exception>
    public void CheckMessageClips()
    {
        foreach (ClipReference clip in Clips)
        {
            if (_hasMessageClips[(int)clip.Kind] && clip.Key != JsonSampleReader.MessagesKey && clip.Key != JsonSampleReader.RejectedImagesKey)
            {
                string noun = MediaTags.Noun(clip.Kind);
                throw new BadRowException(
                    _listAt[(int)clip.Kind], $"{noun} clips in '{clip.Key}' as well as in the messages' parts", $"all {noun} clips in one of the two");
            }
        }
    }

    public Sample Finish() => new()
    {
        Messages = Messages.Count == 0 ? [] : Messages.ToArray(),
        TextKeys = TextKeys.Count == 0 ? [] : TextKeys.ToArray(),
        Clips = Clips.Count == 0 ? [] : Clips.ToArray(),
        Fields = Fields.Count == 0 ? [] : Fields.ToArray(),
        Warnings = Warnings.Count == 0 ? [] : Warnings.ToArray(),
    };
}
