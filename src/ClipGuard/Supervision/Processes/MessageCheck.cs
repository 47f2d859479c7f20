using ClipGuard.Media;
using ClipGuard.Media.Wire;

namespace ClipGuard.Supervision.Processes;

/// <summary>Whether what every sort of helper says can be believed. Each complaint is the end of a sentence that begins with the helper.</summary>
internal static class MessageCheck
{
    /// <summary>What is wrong with a greeting, or null.</summary>
    public static string? Find(ReadyMessage ready) =>
        ready.Protocol != WireProtocol.Version
            ? $"speaks version {ready.Protocol} of the helper protocol, and this ClipGuard speaks version {WireProtocol.Version}, "
                + "which the helper has to be made for"
        : ready.Helper is null || ready.Decoder is null ? "did not say what it is when it was ready"
        : !Enum.IsDefined(ready.Sandbox) ? $"named the sandbox level {(int)ready.Sandbox}, which there is not"
        : !Enum.IsDefined(ready.Profile) ? $"named the profile {(int)ready.Profile}, which there is not"
        : ready.Limits is { MemoryBytes: < 0 } ? "told of impossible limits"
        : ready.Libraries is { } named && (named.Count > ReadyMessage.MaxLibraries || named.Any(library => IsTooLong(library.Key) || IsTooLong(library.Value)))
            ? $"named more than {ReadyMessage.MaxLibraries} libraries, or one with more than {ReadyMessage.MaxLibraryChars} characters"
        : null;

    /// <summary>What is wrong with the greeting of a helper that decodes, or null.</summary>
    public static string? FindOfDecoder(ReadyMessage ready) => Find(ready)
        ?? (ready.Kinds is not { Count: > 0 } ? "did not say which kinds of clips it decodes"
            : ready.Kinds.FirstOrDefault(static kind => !WireKindNames.All.Contains(kind)) is { } other ? $"decodes \"{other}\", which is no kind of clip"
            : null);

    /// <summary>What is wrong with a fault that a helper reports, or null. What only a supervisor can know, a helper cannot find.</summary>
    public static string? Find(DecoderFault fault) =>
        !Enum.IsDefined(fault.Kind) || !FaultKinds.Of(fault.Kind).MayBeReported || !Enum.IsDefined(fault.Stage) || fault.Message is null
            ? $"found {fault.Kind}, which is not a decoder's to find"
        : fault.Storage is { } storage && (fault.Kind != FaultKind.Missing || !Enum.IsDefined(storage))
            ? $"found {fault.Kind} and an error of the storage at once"
        : null;

    private static bool IsTooLong(string? text) => text is null or { Length: > ReadyMessage.MaxLibraryChars } || text.Any(char.IsControl);
}
