namespace ClipGuard.Supervision.Helpers.Pooling;

/// <summary>The helpers of a pool that are warm and without work. One that is given a decode is among them no more. Under the pool's lock.</summary>
internal sealed class WarmHelpers
{
    // In the order in which they came back from work: the last one has the warmest caches.
    private readonly List<Helper> _helpers = [];

    /// <summary>How many there are.</summary>
    public int Count => _helpers.Count;

    /// <summary>How many of them have decoded nothing.</summary>
    public int FreshCount => _helpers.Count(static helper => helper.Decodes == 0);

    /// <summary>One that has decoded nothing, or null.</summary>
    public Helper? Fresh => _helpers.FindLast(static helper => helper.Decodes == 0);

    /// <summary>One for an ordinary decode, or null: a used one where there is one, so that fresh ones stay for second attempts.</summary>
    public Helper? ForOrdinary => _helpers.FindLast(static helper => helper.Decodes > 0) ?? (_helpers.Count > 0 ? _helpers[^1] : null);

    /// <summary>The used one that has been without work for the longest time, or null.</summary>
    public Helper? LongestUnused => _helpers.Find(static helper => helper.Decodes > 0);

    /// <summary>Those that have found a fault.</summary>
    public List<Helper> ThatFoundFaults => _helpers.FindAll(static helper => helper.HasFoundFault);

    /// <summary>A helper is ready for a decode.</summary>
    public void Add(Helper helper) => _helpers.Add(helper);

    /// <summary>A helper is given a decode, or can decode no more.</summary>
    public void Remove(Helper helper) => _helpers.Remove(helper);
}
