using System.Numerics;

namespace ClipGuard.Randomness;

/// <summary>
/// A shuffle of the numbers [0, <see cref="Count"/>) that is computed, not stored: the number at any index is known at any time, without memory.
/// A balanced Feistel network shuffles the range up to the next power of four, and a result outside the range is sent through it again (cycle walking),
/// which keeps the mapping one-to-one.
/// </summary>
internal readonly struct Permutation
{
    private const int Rounds = 6;

    private readonly ulong _key;
    private readonly int _halfBits;

    /// <param name="key">Which shuffle.</param>
    /// <param name="count">How many numbers.</param>
    public Permutation(ulong key, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        _key = key;
        Count = count;
        _halfBits = Math.Max(1, (BitOperations.Log2((ulong)Math.Max(count - 1, 1)) / 2) + 1);
    }

    /// <summary>How many numbers are shuffled.</summary>
    public long Count { get; }

    /// <summary>The number at an index.</summary>
    /// <param name="index">In [0, <see cref="Count"/>).</param>
    public long this[long index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)index, (ulong)Count, nameof(index));
            ulong value = (ulong)index;
            do
            {
                value = Shuffle(value);
            }
            while (value >= (ulong)Count);

            return (long)value;
        }
    }

    private ulong Shuffle(ulong value)
    {
        ulong mask = (1UL << _halfBits) - 1;
        ulong left = value >> _halfBits;
        ulong right = value & mask;
        for (ulong round = 0; round < Rounds; round++)
        {
            (left, right) = (right, left ^ (StableHash.Of(_key, round, right) & mask));
        }

        return (left << _halfBits) | right;
    }
}
