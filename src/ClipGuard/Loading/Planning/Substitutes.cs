using ClipGuard.Randomness;

namespace ClipGuard.Loading;

/// <summary>Chooses the row that is tried in the place of one that gave no sample.</summary>
internal static class Substitutes
{
    private const ulong Purpose = 0x5B57;

    /// <summary>The row to try: the same for the same arguments, on every rank and in every run.</summary>
    /// <param name="seed">Of the loader.</param>
    /// <param name="epoch">0-based.</param>
    /// <param name="position">In the epoch's plan, of the sample that is replaced.</param>
    /// <param name="number">1 for the first substitute.</param>
    /// <param name="rows">How many rows there are to choose from; at least 1.</param>
    public static long Choose(ulong seed, int epoch, long position, int number, long rows) =>
        StableHash.Below(StableHash.Of(StableHash.Of(seed, Purpose), (ulong)epoch, (ulong)position, (ulong)number), rows);
}
