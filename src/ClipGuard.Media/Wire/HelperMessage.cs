using System.Text.Json.Serialization;

namespace ClipGuard.Media.Wire;

/// <summary>What a helper says to its supervisor, one JSON object a datagram.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(ReadyMessage), "ready")]
[JsonDerivedType(typeof(UnreadyMessage), "unready")]
[JsonDerivedType(typeof(ReplyMessage), "reply")]
[JsonDerivedType(typeof(StreamOpenedMessage), "opened")]
[JsonDerivedType(typeof(StreamWrittenMessage), "written")]
[JsonDerivedType(typeof(ToolStartedMessage), "started")]
[JsonDerivedType(typeof(ToolNotStartedMessage), "notStarted")]
[JsonDerivedType(typeof(ToolExitedMessage), "exited")]
internal abstract record HelperMessage;

/// <summary>The helper can decode. Said once, before anything else.</summary>
/// <param name="Protocol">Version of the protocol that it speaks: <see cref="WireProtocol.Version"/>.</param>
/// <param name="Helper">Name and version of the helper.</param>
/// <param name="Decoder">Name and version of what decodes.</param>
/// <param name="Sandbox">The sandbox level that is really in force.</param>
internal sealed record ReadyMessage(int Protocol, string Helper, string Decoder, SandboxLevel Sandbox) : HelperMessage;

/// <summary>The helper cannot decode and ends. Said instead of ready.</summary>
/// <param name="Reason">What kind of trouble it is.</param>
/// <param name="Message">What is wrong and what to do, for a person.</param>
internal sealed record UnreadyMessage(UnreadyReason Reason, string Message) : HelperMessage;

/// <summary>The answer to one request.</summary>
/// <param name="Id">The request's number.</param>
internal sealed record ReplyMessage(long Id) : HelperMessage
{
    /// <summary>What was delivered; null where there is a fault.</summary>
    public DecodedClip? Clip { get; init; }

    /// <summary>Presentation times behind the payload: one for each frame of a video, or 0.</summary>
    public int FrameTimes { get; init; }

    /// <summary>Why nothing was delivered; null where there is a clip.</summary>
    public DecoderFault? Fault { get; init; }
}
