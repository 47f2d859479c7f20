using ClipGuard.Media;

namespace ClipGuard.Supervision.Helpers;

/// <summary>What came of one attempt at one clip.</summary>
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

        /// <summary>True where it is what the decoder found in the clip, or that there is none: then the storage has answered.</summary>
        public bool IsFinding => FaultKinds.Of(Fault.Kind) is { MayBeReported: true, IsAlarming: false };

        /// <summary>True where the helper may not read the file; this process perhaps may.</summary>
        public bool IsDenied { get; init; }

        /// <summary>True where its helper had found a fault before, and a fresh one is to confirm this one.</summary>
        public bool IsToConfirm { get; init; }

        /// <summary>True where its helper had found a fault before, and none other is asked about this one.</summary>
        public bool IsUnconfirmed { get; init; }
    }

    /// <summary>The decoder threw: a bug of its own, which says nothing about the clip.</summary>
    /// <param name="Message">What was thrown.</param>
    /// <param name="Stack">Where.</param>
    public sealed record DecoderBug(string Message, string Stack) : AttemptResult;

    /// <summary>The caller was freed, or the helper gave up, before the clip had its time, or for a reason that is not the clip's.</summary>
    public sealed record Unsettled(UnsettledClip Clip) : AttemptResult
    {
        /// <summary>True where it waited for its bytes; an error that the storage gave at once is none.</summary>
        public bool WaitedForStorage => Clip is { Cause: UnsettledCause.Storage, PostMortem.Time: var time } && time.WaitedForBytes > time.Usable;
    }

    /// <summary>
    /// A failure of the infrastructure, which says nothing about the clip: a helper that was killed from outside, a request that could not be sent.
    /// </summary>
    public sealed record InfrastructureFailure(string Message) : AttemptResult;
}
