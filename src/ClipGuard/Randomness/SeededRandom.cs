namespace ClipGuard.Randomness;

/// <summary>
/// Random numbers that follow from a seed of 64 bits alone: the same in every process and release, which the framework does not promise of its own.
/// One thread at a time.
/// </summary>
internal sealed class SeededRandom(ulong seed) : Random
{
    private ulong _drawn;

    public override int Next() => Next(int.MaxValue);

    public override int Next(int maxValue) => (int)NextInt64(maxValue);

    public override int Next(int minValue, int maxValue) => (int)NextInt64(minValue, maxValue);

    public override long NextInt64() => NextInt64(long.MaxValue);

    public override long NextInt64(long maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxValue);
        return StableHash.Below(NextBits(), maxValue);
    }

    public override long NextInt64(long minValue, long maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minValue, maxValue);

        // The range may be longer than a long can say.
        ulong offset = Math.BigMul(NextBits(), unchecked((ulong)maxValue - (ulong)minValue), out _);
        return unchecked((long)((ulong)minValue + offset));
    }

    public override double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    public override float NextSingle() => (NextBits() >> 40) * (1.0f / (1U << 24));

    public override void NextBytes(byte[] buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        NextBytes(buffer.AsSpan());
    }

    public override void NextBytes(Span<byte> buffer)
    {
        for (int i = 0; i < buffer.Length; i++)
        {
            buffer[i] = (byte)(NextBits() >> 56);
        }
    }

    protected override double Sample() => NextDouble();

    private ulong NextBits() => StableHash.Of(seed, _drawn++);
}
