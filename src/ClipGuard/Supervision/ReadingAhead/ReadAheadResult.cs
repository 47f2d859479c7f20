using ClipGuard.Fetching;
using ClipGuard.Media;
using ClipGuard.Supervision.Fetching;

namespace ClipGuard.Supervision.ReadingAhead;

/// <summary>What a decode gets of a clip that was announced.</summary>
/// <param name="Source">What is to be decoded: the bytes behind a descriptor, or the clip's own source.</param>
/// <param name="Fetched">What came of a fetch that brought no bytes behind a descriptor; null where there was none.</param>
internal readonly record struct ReadAheadResult(ClipSource Source, ClipFetchResult? Fetched)
{
    /// <summary>What its server said of a whole object whose bytes are behind the descriptor; otherwise null.</summary>
    public ObjectMetadata? Object { get; init; }
}
