namespace ClipGuard.Supervision.Helpers;

/// <summary>What a step of a helper's life asks of the code around it, in the order of the names.</summary>
[Flags]
internal enum HelperAction
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Note why the decode is failing, and all that can be known of it while the process still lives.</summary>
    Examine = 1,

    /// <summary>SIGKILL to the helper and its group.</summary>
    Kill = 1 << 1,

    /// <summary>Close the socket: a healthy helper ends by itself.</summary>
    Close = 1 << 2,

    /// <summary>Say what came of the decode.</summary>
    Conclude = 1 << 3,

    /// <summary>Have it decode a known clip.</summary>
    Check = 1 << 4,

    /// <summary>Hand it to whoever waits for a helper.</summary>
    Offer = 1 << 5,

    /// <summary>It no longer counts among the helpers that can decode: a replacement may start.</summary>
    Replace = 1 << 6,

    /// <summary>Release everything that it held.</summary>
    Release = 1 << 7,
}
