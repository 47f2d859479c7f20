using ClipGuard.Media;

namespace ClipGuard.Streams;

/// <summary>
/// Why a guarded tool run gave no result. Those below 100 are those of a decode (<see cref="FaultKind"/>), and mean the same; those of tool runs alone
/// begin at 100, so that a further kind of decodes cannot be taken for one of them.
/// </summary>
public enum ToolFaultKind
{
    /// <inheritdoc cref="FaultKind.Missing"/>
    Missing = FaultKind.Missing,

    /// <inheritdoc cref="FaultKind.Unsupported"/>
    Unsupported = FaultKind.Unsupported,

    /// <inheritdoc cref="FaultKind.Corrupt"/>
    Corrupt = FaultKind.Corrupt,

    /// <inheritdoc cref="FaultKind.LimitExceeded"/>
    LimitExceeded = FaultKind.LimitExceeded,

    /// <summary>The deadline passed, or a stream was not there within its limit.</summary>
    TimedOut = FaultKind.TimedOut,

    /// <summary>For the stall limit no clip made progress, no byte moved on any stream, and the tool used no CPU.</summary>
    Stalled = FaultKind.Stalled,

    /// <summary>A stream's helper died.</summary>
    Crashed = FaultKind.Crashed,

    /// <summary>What a stream's helper said was not believable.</summary>
    ProtocolViolated = FaultKind.ProtocolViolated,

    /// <summary>Streams that are to fit each other differ in size, frame rate, direction or length.</summary>
    Mismatched = 100,

    /// <summary>The tool failed, or ended without reading everything that it was given.</summary>
    ToolFailed = 101,
}
