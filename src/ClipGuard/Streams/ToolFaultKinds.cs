using System.Collections.Frozen;

using ClipGuard.Media;

namespace ClipGuard.Streams;

/// <summary>What each <see cref="ToolFaultKind"/> means, and which one stands for a fault of a decode.</summary>
internal static class ToolFaultKinds
{
    private static readonly FrozenDictionary<ToolFaultKind, FaultKind> OfDecodes = Enum.GetValues<FaultKind>().ToFrozenDictionary(From);

    /// <summary>The kind that a fault of a stream's decode is reported as.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The kind is missing here.</exception>
    public static ToolFaultKind From(FaultKind kind) => kind switch
    {
        FaultKind.Missing => ToolFaultKind.Missing,
        FaultKind.Unsupported => ToolFaultKind.Unsupported,
        FaultKind.Corrupt => ToolFaultKind.Corrupt,
        FaultKind.LimitExceeded => ToolFaultKind.LimitExceeded,
        FaultKind.TimedOut => ToolFaultKind.TimedOut,
        FaultKind.Stalled => ToolFaultKind.Stalled,
        FaultKind.Crashed => ToolFaultKind.Crashed,
        FaultKind.ProtocolViolated => ToolFaultKind.ProtocolViolated,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, $"{nameof(ToolFaultKinds)} does not say what this kind is called."),
    };

    /// <summary>What a kind means. Whose a fault is that a stream and the tool may both have, <see cref="ToolFault.Culprit"/> says.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such kind, or it is missing here.</exception>
    public static FaultTraits Of(ToolFaultKind kind) => kind switch
    {
        ToolFaultKind.Mismatched => new FaultTraits(FaultOwner.Clip, MayBeReported: false, FaultRetry.Never, EndsHelper: true, IsAlarming: false),
        ToolFaultKind.ToolFailed => new FaultTraits(FaultOwner.Tool, MayBeReported: false, FaultRetry.Never, EndsHelper: true, IsAlarming: false),
        _ when OfDecodes.TryGetValue(kind, out FaultKind ofDecode) => FaultKinds.Of(ofDecode),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, $"{nameof(ToolFaultKinds)} does not say what this kind means."),
    };
}
