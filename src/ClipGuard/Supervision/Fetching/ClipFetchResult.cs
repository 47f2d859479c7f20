using ClipGuard.Fetching;
using ClipGuard.Media;

namespace ClipGuard.Supervision.Fetching;

/// <summary>What came of a fetch: one of the three.</summary>
/// <param name="Bytes">The clip.</param>
/// <param name="Fault">Why there is no clip at the address.</param>
/// <param name="Unsettled">Why the server does not say whether there is one.</param>
internal readonly record struct ClipFetchResult(MemorySource? Bytes, ClipFault? Fault = null, UnsettledClip? Unsettled = null)
{
    /// <summary>Of a clip that is a whole object: what its server said of that; otherwise null.</summary>
    public ObjectMetadata? Object { get; init; }
}
