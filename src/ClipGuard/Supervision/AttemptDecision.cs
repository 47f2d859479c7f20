using ClipGuard.Media;

namespace ClipGuard.Supervision;

/// <summary>What follows from one attempt at a clip.</summary>
internal abstract record AttemptDecision
{
    /// <summary>The clip is there.</summary>
    public sealed record Deliver(DecodedClip Clip) : AttemptDecision;

    /// <summary>The clip has a fault.</summary>
    /// <param name="Fault">The fault that counts.</param>
    /// <param name="IsUnconfirmed">True where a helper has found it that had found one before, and no other has said the same.</param>
    public sealed record Fail(ClipFault Fault, bool IsUnconfirmed) : AttemptDecision;

    /// <summary>There is neither, and the clip is not to blame.</summary>
    public sealed record LeaveUnsettled(UnsettledClip Clip) : AttemptDecision;

    /// <summary>There is to be another attempt.</summary>
    public sealed record TryAgain(RetryReason Reason) : AttemptDecision;
}

/// <summary>Why there is to be another attempt.</summary>
internal enum RetryReason
{
    /// <summary>The first failure may have been bad luck.</summary>
    FirstFailure,

    /// <summary>A helper that had found a fault before has found this one: a fresh one is asked as well.</summary>
    Confirmation,

    /// <summary>The decoder threw.</summary>
    Bug,

    /// <summary>The attempt failed for a reason that is not the clip's.</summary>
    Infrastructure,
}
