using ClipGuard.Supervision.Processes;

namespace ClipGuard.Supervision.Helpers;

/// <summary>What happened to a helper that fails, in words that only its examination needs.</summary>
/// <param name="Happened">The event.</param>
/// <param name="Before">The state that it happened in.</param>
/// <param name="Detail">What exactly, as a predicate: <c>answered twice</c>. Null where the event says it.</param>
/// <param name="Exit">How the process ended; the default while it lives.</param>
/// <param name="HadItsGrace">False where the grace period of the state ran out, and the process could not use it.</param>
internal readonly record struct HelperFailure(HelperEvent Happened, HelperState Before, string? Detail, ProcessExit Exit, bool HadItsGrace);
