using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.Streams;

/// <summary>Why a tool run gave no result, and with whom that lay.</summary>
/// <param name="Culprit">Name of the stream that it lay with, or <see cref="Tool"/>.</param>
/// <param name="Kind">Why.</param>
/// <param name="Stage">Where that stream's decode was; <see cref="DecodeStage.None"/> for the tool.</param>
/// <param name="Message">One sentence for a person, with the figures.</param>
/// <param name="PostMortem">What was measured of the culprit.</param>
public sealed record ToolFault(string Culprit, ToolFaultKind Kind, DecodeStage Stage, string Message, PostMortem PostMortem) : IAttemptFault<ToolFault>
{
    /// <summary>The culprit's name where it is the tool. No stream can be called so.</summary>
    public const string Tool = "(tool)";

    string IAttemptFault<ToolFault>.KindName => Kind.ToString();

    ToolFault IAttemptFault<ToolFault>.With(string message, PostMortem postMortem) => this with { Message = message, PostMortem = postMortem };
}
