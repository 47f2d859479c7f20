using ClipGuard.Media;

namespace ClipGuard.Supervision.Helpers;

/// <summary>What came of one try at one clip.</summary>
internal abstract record AttemptResult
{
    /// <summary>Data, in the helper's memory.</summary>
    public sealed record Delivered(DecodedClip Clip) : AttemptResult;

    /// <summary>The decoder's own finding: it convicts.</summary>
    public sealed record Found(ClipFault Fault) : AttemptResult;

    /// <summary>A strike: a timeout, stall, crash or nonsense that may have been bad luck.</summary>
    public sealed record Retryable(ClipFault Fault) : AttemptResult;

    /// <summary>Trouble that says nothing about the clip.</summary>
    public sealed record InfrastructureFailure(string Message) : AttemptResult;
}
