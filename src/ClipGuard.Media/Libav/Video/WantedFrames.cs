using ClipGuard.Media.Libav.Pictures;

namespace ClipGuard.Media.Libav.Video;

/// <summary>The wanted frames: where each goes in the result, and which have come.</summary>
internal sealed class WantedFrames
{
    private readonly Dictionary<long, int[]> _slotsOf;
    private readonly HashSet<long> _come = [];

    /// <summary>Wanted presentation times in the order of the result, repeats included.</summary>
    public WantedFrames(IReadOnlyList<long> slots)
    {
        Slots = slots;
        _slotsOf = slots.Select((ticks, slot) => (ticks, slot))
            .GroupBy(pair => pair.ticks)
            .ToDictionary(group => group.Key, group => group.Select(pair => pair.slot).ToArray());
    }

    public IReadOnlyList<long> Slots { get; }

    /// <summary>The wanted times, each once, ascending.</summary>
    public IEnumerable<long> Ticks => _slotsOf.Keys.Order();

    /// <summary>Slots that hold the same frame as another slot.</summary>
    public int Repeats => Slots.Count - _slotsOf.Count;

    public bool Has(long ticks) => _slotsOf.ContainsKey(ticks);

    /// <summary>True once all have come.</summary>
    public bool HaveAllCome => _come.Count == _slotsOf.Count;

    public bool HasCome(long ticks) => _come.Contains(ticks);

    /// <summary>Forgets what has come, for another try.</summary>
    public void Begin() => _come.Clear();

    /// <summary>The slots of a frame that has come; null where it is not wanted, or came before.</summary>
    public int[]? Take(long ticks) => _slotsOf.TryGetValue(ticks, out int[]? slots) && _come.Add(ticks) ? slots : null;

    /// <summary>Fills the slots of missing frames, where those are tolerated, with copies of the wanted frame that came and is nearest in time.</summary>
    public void FillMissing(PictureWriter writer)
    {
        foreach ((long ticks, int[] slots) in _slotsOf)
        {
            if (!_come.Contains(ticks))
            {
                long nearest = _come.MinBy(other => Math.Abs(other - ticks));
                writer.Copy(_slotsOf[nearest][0], slots);
            }
        }
    }
}
