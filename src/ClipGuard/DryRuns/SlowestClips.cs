namespace ClipGuard.DryRuns;

/// <summary>A clip and how long it took.</summary>
/// <param name="Line">1-based line of its row.</param>
/// <param name="Clip">The manifest's own words for it.</param>
/// <param name="Seconds">From dispatch to verdict, all attempts together.</param>
public sealed record SlowClip(long Line, string Clip, double Seconds);

/// <summary>Keeps the few slowest clips of a run.</summary>
internal sealed class SlowestClips(int count)
{
    // The quickest of the kept clips comes out first; of two that are equally slow, the one with the higher line.
    private readonly PriorityQueue<SlowClip, (double Seconds, long Line)> _kept = new();

    /// <summary>Considers a clip.</summary>
    public void Add(SlowClip clip)
    {
        _kept.Enqueue(clip, (clip.Seconds, -clip.Line));
        if (_kept.Count > count)
        {
            _kept.Dequeue();
        }
    }

    /// <summary>The slowest so far, slowest first.</summary>
    public IReadOnlyList<SlowClip> ToList() =>
        [.. _kept.UnorderedItems.OrderByDescending(kept => kept.Priority).Select(kept => kept.Element)];
}
