using ClipGuard.Media;

namespace ClipGuard.Supervision;

/// <summary>Why a decode came to neither data nor a fault. It is held against nobody, and the clip may be tried again.</summary>
/// <param name="Cause">What stood in the way.</param>
/// <param name="Stage">Where the decode was.</param>
/// <param name="Message">One sentence for a person.</param>
/// <param name="PostMortem">What was measured.</param>
public sealed record UnsettledClip(UnsettledCause Cause, DecodeStage Stage, string Message, PostMortem PostMortem);
