namespace ClipGuard.Supervision.Helpers;

/// <summary>Where a helper is in its life.</summary>
internal enum HelperState
{
    /// <summary>Started, and has not yet said that it is ready. Timer: the start limit.</summary>
    Starting,

    /// <summary>Warm and without work.</summary>
    Ready,

    /// <summary>At work on one decode. Timers: its deadline and its stall limit.</summary>
    Decoding,

    /// <summary>Has answered; its lease lasts until the payload is read.</summary>
    Delivered,

    /// <summary>
    /// Has found a fault in a clip, which is concluded, and decodes a known clip: it is used again where it makes the right bytes of it. Timer: a grace.
    /// </summary>
    Checking,

    /// <summary>Has answered, and must exit before the answer counts (fresh per decode). Timer: what is left of the deadline.</summary>
    Finishing,

    /// <summary>Has closed its end in mid-decode; how it died is about to be known. Timer: a short grace.</summary>
    HungUp,

    /// <summary>No longer wanted and without work; asked to end. Timer: a grace.</summary>
    Leaving,

    /// <summary>Killed, not yet reaped. Timer: the kill timeout.</summary>
    Dying,

    /// <summary>
    /// Killed and not reaped within the kill timeout: stuck in the kernel, as on a dead network mount. It is watched, and nothing waits for it.
    /// </summary>
    Unkillable,

    /// <summary>Reaped.</summary>
    Gone,
}
