using System.Text.Json.Serialization;

namespace ClipGuard.Media.Wire;

/// <summary>What a helper says to its supervisor, one JSON object a datagram.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(ReadyMessage), "ready")]
[JsonDerivedType(typeof(UnreadyMessage), "unready")]
[JsonDerivedType(typeof(CheckedMessage), "checked")]
[JsonDerivedType(typeof(ReplyMessage), "reply")]
[JsonDerivedType(typeof(FailedMessage), "failed")]
[JsonDerivedType(typeof(StreamOpenedMessage), "opened")]
[JsonDerivedType(typeof(StreamWrittenMessage), "written")]
[JsonDerivedType(typeof(ToolStartedMessage), "started")]
[JsonDerivedType(typeof(ToolNotStartedMessage), "notStarted")]
[JsonDerivedType(typeof(ToolExitedMessage), "exited")]
[JsonDerivedType(typeof(ForkedMessage), "forked")]
[JsonDerivedType(typeof(ForkFailedMessage), "forkFailed")]
[JsonDerivedType(typeof(ReapedMessage), "reaped")]
internal abstract record HelperMessage;

/// <summary>The helper can decode. Said once, before anything else.</summary>
/// <param name="Protocol">Version of the protocol that it speaks: <see cref="WireProtocol.Version"/>.</param>
/// <param name="Helper">Name and version of the helper.</param>
/// <param name="Decoder">Name and version of what decodes.</param>
/// <param name="Sandbox">The sandbox level that is really in force.</param>
internal sealed record ReadyMessage(int Protocol, string Helper, string Decoder, SandboxLevel Sandbox) : HelperMessage
{
    /// <summary>Most libraries that are named.</summary>
    public const int MaxLibraries = 32;

    /// <summary>Most characters of a library's name, and of its version.</summary>
    public const int MaxLibraryChars = 64;

    /// <summary>What it decodes: some of <see cref="WireKindNames.All"/>; null or empty of what decodes nothing, as guardians.</summary>
    public IReadOnlyList<string>? Kinds { get; init; }

    /// <summary>Names and versions of the libraries that have a part in its answers; null where it names none.</summary>
    public IReadOnlyDictionary<string, string>? Libraries { get; init; }

    /// <summary>The profile in force.</summary>
    public HelperSandboxProfile Profile { get; init; }

    /// <summary>The limits in force; null where it tells of none.</summary>
    public ReportedHelperLimits? Limits { get; init; }

    /// <summary>True where it can be a template, which starts other helpers by forking itself.</summary>
    public bool Forks { get; init; }

    /// <summary>True where it decodes the known clips of <c>Protocol.md</c>, and may be asked to, so that it stays in use after a fault.</summary>
    public bool KnownClips { get; init; }

    /// <summary>True where it can be asked for several windows of a clip.</summary>
    public bool Windows { get; init; }
}

/// <summary>The helper cannot decode and ends. Said instead of ready.</summary>
/// <param name="Reason">Why not, by kind.</param>
/// <param name="Message">What is wrong and what to do, for a person.</param>
internal sealed record UnreadyMessage(UnreadyReason Reason, string Message) : HelperMessage;

/// <summary>What a helper that was started to check FFmpeg says where FFmpeg passed; it ends then.</summary>
/// <param name="Files">The files that were checked, for the helpers that follow.</param>
/// <param name="Warning">What there is to know all the same; null for nothing.</param>
internal sealed record CheckedMessage(string Files, string? Warning) : HelperMessage;

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

/// <summary>
/// The helper met a bug of its own while it decoded or wrote a clip. That says nothing of the clip, and the helper is not used again.
/// </summary>
/// <param name="Id">The number of the request or of the order.</param>
/// <param name="Message">What was thrown, in one line.</param>
/// <param name="Stack">Where it was thrown; what is longer than <see cref="MaxStackChars"/> is cut off.</param>
internal sealed record FailedMessage(long Id, string Message, string Stack) : HelperMessage
{
    /// <summary>Most characters of a stack that are sent: escaped, they fit into a datagram.</summary>
    public const int MaxStackChars = 8 * 1024;

    private const int MaxMessageChars = 1024;

    /// <summary>Tells of an exception.</summary>
    public static FailedMessage Of(long id, Exception bug)
    {
        string line = $"{bug.GetType().Name}: {bug.Message.ReplaceLineEndings(" ")}";
        return new FailedMessage(id, Cut(line, MaxMessageChars), Cut(bug.ToString(), MaxStackChars));
    }

    // Half of a surrogate pair cannot be written as JSON.
    private static string Cut(string text, int length) => text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
