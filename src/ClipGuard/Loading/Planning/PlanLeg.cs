namespace ClipGuard.Loading;

/// <summary>A stretch of an epoch that was run with one number of ranks, and ended.</summary>
/// <param name="World">How many ranks there were.</param>
/// <param name="BatchSize">Samples in a batch of one rank.</param>
/// <param name="Consumed">Batches that each rank had consumed, by rank.</param>
public sealed record PlanLeg(int World, int BatchSize, IReadOnlyList<long> Consumed);
