using ClipGuard.Media;

namespace ClipGuard.Supervision.Helpers;

/// <summary>What came of one try at one clip.</summary>
internal abstract record AttemptResult
{
    /// <summary>Data, in the helper's memory.</summary>
    public sealed record Delivered(DecodedClip Clip) : AttemptResult;

    /// <summary>A fault: the decoder's own finding, or a timeout, a stall, a crash, an answer that cannot be believed.</summary>
    /// <param name="Fault">The fault.</param>
    /// <param name="IsOutOfMemory">True where the helper ended because memory ran out.</param>
    public sealed record Faulted(ClipFault Fault, bool IsOutOfMemory = false) : AttemptResult
    {
        /// <summary>True where it may have been bad luck: a first one is tried once more.</summary>
        public bool IsRetryable => FaultKinds.Of(Fault.Kind).IsRetried(IsOutOfMemory);
    }

    /// <summary>The caller was freed, or the helper gave up, before the clip had its time, or for a reason that is not the clip's.</summary>
    public sealed record Unsettled(UnsettledClip Clip) : AttemptResult;

    /// <summary>Trouble that says nothing about the clip.</summary>
    public sealed record InfrastructureFailure(string Message) : AttemptResult;
}
