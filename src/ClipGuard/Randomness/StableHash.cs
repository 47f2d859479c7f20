namespace ClipGuard.Randomness;

/// <summary>
/// Numbers that look random and depend on nothing but their arguments: the same on every machine, in every process and every release.
/// The mixing step is SplitMix64's (Steele, Lea and Flood, 2014).
/// </summary>
internal static class StableHash
{
    private const ulong GoldenRatio = 0x9E37_79B9_7F4A_7C15;

    public static ulong Of(ulong first, ulong second) => Mix(Mix(first + GoldenRatio) ^ (second + GoldenRatio));

    public static ulong Of(ulong first, ulong second, ulong third) => Of(Of(first, second), third);

    public static ulong Of(ulong first, ulong second, ulong third, ulong fourth) => Of(Of(first, second, third), fourth);

    /// <summary>A number in [0, <paramref name="count"/>), evenly spread to within count / 2^64.</summary>
    public static long Below(ulong hash, long count) => (long)Math.BigMul(hash, (ulong)count, out _);

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9;
        value = (value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB;
        return value ^ (value >> 31);
    }
}
