using ClipGuard.Media;
using ClipGuard.Media.Wire;

namespace ClipGuard.Supervision.Processes;

/// <summary>Whether what every sort of helper says can be believed. Each complaint is the end of a sentence that begins with the helper.</summary>
internal static class MessageCheck
{
    /// <summary>What is wrong with a greeting, or null.</summary>
    public static string? Find(ReadyMessage ready) =>
        ready.Protocol != WireProtocol.Version
            ? $"speaks version {ready.Protocol} of the helper protocol, and version {WireProtocol.Version} is spoken here"
        : ready.Helper is null || ready.Decoder is null ? "did not say what it is when it was ready"
        : !Enum.IsDefined(ready.Sandbox) ? $"named the sandbox level {(int)ready.Sandbox}, which there is not"
        : null;

    /// <summary>What is wrong with a fault that a helper reports, or null. What only a supervisor can know, a helper cannot find.</summary>
    public static string? Find(DecoderFault fault) =>
        !Enum.IsDefined(fault.Kind) || !FaultKinds.Of(fault.Kind).MayBeReported || !Enum.IsDefined(fault.Stage) || fault.Message is null
            ? $"found {fault.Kind}, which is not a decoder's to find"
        : fault.Storage is { } storage && (fault.Kind != FaultKind.Missing || !Enum.IsDefined(storage))
            ? $"found {fault.Kind} and an error of the storage at once"
        : null;
}
