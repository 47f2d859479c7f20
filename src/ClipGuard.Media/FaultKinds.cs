namespace ClipGuard.Media;

/// <summary>
/// What each <see cref="FaultKind"/> means for the code around it. Whoever has to know asks here and keeps no list of its own, so that a new kind is
/// described in one place; a test asks for every kind, and holds the README's table, Protocol.md and the streams' README against this one.
/// </summary>
internal static class FaultKinds
{
    /// <summary>What a kind means.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such kind, or it is missing here.</exception>
    public static FaultTraits Of(FaultKind kind) => kind switch
    {
        FaultKind.Missing => Finding with { MayKeepHelper = true },
        FaultKind.Unsupported => Finding with { MayKeepHelper = true },
        FaultKind.Corrupt => Finding with { MayKeepHelper = true },

        // A limit that the decoder met is met again, and its helper may hold who knows how much. Memory may have run out because of what the helper kept from
        // earlier clips, or what other processes took: a fresh helper with one decoder thread shows whether it was the clip.
        FaultKind.LimitExceeded => Finding with { Retry = FaultRetry.WhenOutOfMemory },

        // The decoder may see by itself that its time is over, and then ends without being killed.
        FaultKind.TimedOut => Failure with { MayBeReported = true, EndsHelper = true },
        FaultKind.Stalled => Failure with { EndsHelper = true },
        FaultKind.Crashed => Failure,
        FaultKind.ProtocolViolated => Failure with { EndsHelper = true },
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, $"{nameof(FaultKinds)} does not say what this kind means."),
    };

    // What a decoder finds by looking at the clip: it would find the same again.
    private static FaultTraits Finding => new(FaultOwner.Clip, MayBeReported: true, FaultRetry.Never, EndsHelper: false, IsAlarming: false);

    // What happened to a helper while it decoded: it may have been bad luck, and without a guard it would have stopped or killed the training run.
    private static FaultTraits Failure => new(FaultOwner.Clip, MayBeReported: false, FaultRetry.Once, EndsHelper: false, IsAlarming: true);
}
