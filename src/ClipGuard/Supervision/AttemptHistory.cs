namespace ClipGuard.Supervision;

/// <summary>
/// What the attempts at one clip, or at one tool run, have come to so far: whether a failure is tried once more, and how often one of ClipGuard's own is.
/// </summary>
/// <typeparam name="TFault">The fault of such an attempt.</typeparam>
/// <param name="maxAttempts">Attempts until a failure counts: 1 or 2.</param>
/// <param name="firstFailure">Where there was one attempt before: how it failed.</param>
internal sealed class AttemptHistory<TFault>(int maxAttempts, TFault? firstFailure = null)
    where TFault : class, IAttemptFault<TFault>
{
    // Attempts that may fail for reasons that are nobody's fault. Then it is thrown: a broken machine must not look like a bad dataset.
    private const int MaxInfrastructureFailures = 3;

    /// <summary>Attempts that have failed for such a reason.</summary>
    public int InfrastructureFailures { get; private set; }

    /// <summary>The failure that is being tried once more; null before there was one.</summary>
    public TFault? FirstFailure { get; private set; } = firstFailure;

    /// <summary>True where the next attempt is the second one: it gets helpers that have decoded nothing, and one decoder thread.</summary>
    public bool IsSecond => FirstFailure is not null;

    /// <summary>An attempt has failed.</summary>
    /// <param name="fault">Its fault.</param>
    /// <param name="isRetryable">True where it may have been bad luck.</param>
    /// <returns>True where there is to be another attempt; false where the fault counts.</returns>
    public bool TryAgain(TFault fault, bool isRetryable)
    {
        if (!isRetryable || IsSecond || maxAttempts < 2)
        {
            return false;
        }

        FirstFailure = fault;
        return true;
    }

    /// <summary>An attempt has failed for a reason that is nobody's fault.</summary>
    /// <returns>True where there is to be another attempt.</returns>
    public bool TryAgain() => ++InfrastructureFailures < MaxInfrastructureFailures;

    /// <summary>The fault that counts, with what is to be said of the attempt before it.</summary>
    public TFault Conclude(TFault fault)
    {
        if (FirstFailure is not { } first)
        {
            return fault;
        }

        string before = first.KindName == fault.KindName ? string.Empty : $" (The first try: {first.Message})";
        return fault.With(fault.Message + before, fault.PostMortem with { AttemptCount = 2 });
    }
}

/// <summary>A fault of one attempt.</summary>
/// <typeparam name="TSelf">The fault's own type.</typeparam>
internal interface IAttemptFault<TSelf>
{
    /// <summary>The name of its kind.</summary>
    string KindName { get; }

    /// <summary>One sentence for a person.</summary>
    string Message { get; }

    /// <summary>What was measured.</summary>
    PostMortem PostMortem { get; }

    /// <summary>The same fault with another sentence and post-mortem.</summary>
    TSelf With(string message, PostMortem postMortem);
}
