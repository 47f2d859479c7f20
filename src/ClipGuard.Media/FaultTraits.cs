namespace ClipGuard.Media;

/// <summary>What one kind of fault means. <see cref="FaultKinds"/> has those of decodes.</summary>
/// <param name="Owner">Whose it is.</param>
/// <param name="MayBeReported">
/// True where a helper may report it; the other kinds only a supervisor can know, and a helper that names one is not believed.
/// </param>
/// <param name="Retry">Whether a first one is tried once more.</param>
/// <param name="EndsHelper">
/// True where the supervisor kills the helper when it comes to this verdict by itself; false where the helper has answered or has ended.
/// </param>
/// <param name="IsAlarming">
/// True where such a clip would have stopped or killed a training run that has no guard. Screens show those in red, the others in yellow.
/// </param>
internal readonly record struct FaultTraits(FaultOwner Owner, bool MayBeReported, FaultRetry Retry, bool EndsHelper, bool IsAlarming)
{
    /// <summary>True where a helper that has reported it may stay in use, once it was found sound.</summary>
    public bool MayKeepHelper { get; init; }

    /// <summary>Whether a first fault of this kind is tried once more.</summary>
    /// <param name="isOutOfMemory">True where the helper ended because memory ran out, its own share or the machine's.</param>
    public bool IsRetried(bool isOutOfMemory) => Retry switch
    {
        FaultRetry.Once => true,
        FaultRetry.WhenOutOfMemory => isOutOfMemory,
        _ => false,
    };
}

/// <summary>Whose fault a fault is.</summary>
internal enum FaultOwner
{
    /// <summary>The clip's: it is excluded, and remembered as failed.</summary>
    Clip,

    /// <summary>The tool's that read the clip.</summary>
    Tool,
}

/// <summary>Whether a first fault is tried once more, in new helpers and with one decoder thread.</summary>
internal enum FaultRetry
{
    /// <summary>It would come out the same.</summary>
    Never,

    /// <summary>It may have been bad luck: only the second failure counts.</summary>
    Once,

    /// <summary>Only where the helper ended because memory ran out.</summary>
    WhenOutOfMemory,
}
