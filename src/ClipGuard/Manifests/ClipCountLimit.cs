using ClipGuard.Media;

namespace ClipGuard.Manifests;

/// <summary>How many clips of each kind a sample has.</summary>
internal static class ClipCountLimit
{
    /// <summary>The first kind of which a sample has too many clips, and how many; null where it has not.</summary>
    /// <param name="most">Clips of one kind that it may have.</param>
    /// <param name="sample">The sample.</param>
    /// <param name="counts">Which kinds count; null for all.</param>
    public static (ClipKind Kind, int Count)? FirstOver(int most, Sample sample, Func<ClipKind, bool>? counts = null)
    {
        if (sample.Clips.Count <= most)
        {
            return null;
        }

        foreach (IGrouping<ClipKind, ClipReference> kind in sample.Clips.GroupBy(static clip => clip.Kind))
        {
            if (kind.Count() > most && counts?.Invoke(kind.Key) is not false)
            {
                return (kind.Key, kind.Count());
            }
        }

        return null;
    }
}
