namespace ClipGuard.Media;

/// <summary>Why a clip gave no data.</summary>
public enum FaultKind
{
    /// <summary>Not there, not readable, or not a regular file. A FIFO or a device is never opened.</summary>
    Missing,

    /// <summary>No decodable stream of the kind asked for, no decoder for it, or a format that is refused because it leads to other files.</summary>
    Unsupported,

    /// <summary>The decoder said so, or more was concealed, repeated or missing than the threshold allows.</summary>
    Corrupt,

    /// <summary>Pixels, duration, bytes or memory over the limit.</summary>
    LimitExceeded,

    /// <summary>The deadline passed while the decode still made progress.</summary>
    TimedOut,

    /// <summary>No progress for the stall limit.</summary>
    Stalled,

    /// <summary>The helper died of a signal or ended with an exit code before it answered.</summary>
    Crashed,

    /// <summary>The helper's answer was not believable.</summary>
    ProtocolViolated,
}
