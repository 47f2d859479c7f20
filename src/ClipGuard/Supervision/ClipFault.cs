using ClipGuard.Media;

namespace ClipGuard.Supervision;

/// <summary>The fault of a clip: why it gave no data, where, and all that is known of it.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Stage">Where the decode was.</param>
/// <param name="Message">One sentence for a person.</param>
/// <param name="PostMortem">What was measured.</param>
public sealed record ClipFault(FaultKind Kind, DecodeStage Stage, string Message, PostMortem PostMortem) : IAttemptFault<ClipFault>
{
    /// <summary>Name and version of the decoder, and of its libraries, where it is somebody else's (<see cref="SupervisorOptions.Decoder"/>).</summary>
    public string? Decoder { get; init; }

    string IAttemptFault<ClipFault>.KindName => Kind.ToString();

    ClipFault IAttemptFault<ClipFault>.With(string message, PostMortem postMortem) => this with { Message = message, PostMortem = postMortem };
}
