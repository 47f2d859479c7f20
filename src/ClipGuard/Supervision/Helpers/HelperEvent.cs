namespace ClipGuard.Supervision.Helpers;

/// <summary>What can happen to a helper.</summary>
internal enum HelperEvent
{
    /// <summary>It said that it is ready, with the right version.</summary>
    SaidReady,

    /// <summary>It answered the request that it has, believably.</summary>
    Replied,

    /// <summary>As <see cref="Replied"/>, of a helper that is used once.</summary>
    RepliedLast,

    /// <summary>It answered with a fault that it found before any decoder had a byte of the clip, and stays in use.</summary>
    FoundBeforeDecoding,

    /// <summary>It answered with a finding of its decoder's, and stays in use where it passes a check.</summary>
    FoundWhileDecoding,

    /// <summary>It made the right bytes of a known clip, and its memory is back.</summary>
    CheckPassed,

    /// <summary>
    /// It broke the protocol: an answer to another request, a shape that does not fit, half a message; or it reported that it cannot start,
    /// or a bug of its own.
    /// </summary>
    ProtocolError,

    /// <summary>Its end of the socket is closed.</summary>
    HungUp,

    /// <summary>It has ended and was reaped.</summary>
    Exited,

    /// <summary>The timer of its state ran out.</summary>
    TimeOver,

    /// <summary>No progress for the stall limit.</summary>
    Stalled,

    /// <summary>It holds more memory than a decode may take.</summary>
    OverMemory,

    /// <summary>A decode was given to it.</summary>
    Leased,

    /// <summary>The payload has been read, and it may be used again.</summary>
    Released,

    /// <summary>It is not to be used again: worn, too large, or not wanted.</summary>
    Retired,

    /// <summary>The caller gave up, or the supervisor is being disposed: end it now.</summary>
    Cancelled,
}
