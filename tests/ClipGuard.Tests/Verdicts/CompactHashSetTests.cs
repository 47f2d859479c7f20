using ClipGuard.Verdicts;

using NUnit.Framework;

namespace ClipGuard.Tests.Verdicts;

[CancelAfter(30_000)]
internal sealed class CompactHashSetTests
{
    [Test]
    public void What_was_added_is_in_it_and_nothing_else()
    {
        using var set = new CompactHashSet(1_000_000);
        var random = new Random(3);
        UInt128[] hashes = [.. Enumerable.Range(0, 300_000).Select(_ => new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64()))];
        foreach (UInt128 hash in hashes.Concat(hashes))
        {
            set.Add(hash);
        }

        Assert.Multiple(() =>
        {
            Assert.That(set.Count, Is.EqualTo(hashes.Length));
            Assert.That(hashes.Count(set.Contains), Is.EqualTo(hashes.Length));
            Assert.That(hashes.Count(hash => set.Contains(hash ^ (UInt128.One << 70))), Is.Zero);
        });
    }

    [Test]
    public void Hashes_that_share_a_bucket_are_told_apart_by_all_their_other_bits()
    {
        using var set = new CompactHashSet(1000);
        for (int bit = 68; bit < 112; bit++)
        {
            set.Add(UInt128.One << bit);
        }

        Assert.Multiple(() =>
        {
            Assert.That(set.Count, Is.EqualTo(44));
            Assert.That(Enumerable.Range(68, 43).Count(bit => set.Contains((UInt128)3 << bit)), Is.Zero);
        });
    }

    [Test]
    public void A_full_set_takes_no_more()
    {
        using var set = new CompactHashSet(2);
        for (int number = 1; number <= 5; number++)
        {
            set.Add((UInt128)number << 68);
        }

        Assert.That(Enumerable.Range(1, 5).Where(number => set.Contains((UInt128)number << 68)), Is.EqualTo([1, 2]));
    }
}
