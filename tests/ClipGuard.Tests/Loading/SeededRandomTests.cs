using ClipGuard.Randomness;

using NUnit.Framework;

namespace ClipGuard.Tests.Loading;

/// <summary>The random numbers that hooks get. Their values are part of what a seed means: one that changes changes every run that is repeated.</summary>
internal sealed class SeededRandomTests
{
    [Test]
    public void A_seed_means_the_same_numbers_in_every_release()
    {
        var random = new SeededRandom(7);

        Assert.That(
            (random.Next(), random.Next(100), random.Next(-5, 5), random.NextInt64(), random.NextDouble(), random.NextSingle()),
            Is.EqualTo((1238553437, 45, 2, 5847382105283743055L, 0.061506653349785445, 0.178715467f)));
    }

    [Test]
    public void Numbers_stay_in_their_ranges_and_reach_all_of_them()
    {
        var random = new SeededRandom(1);
        int[] seen = new int[10];
        for (int i = 0; i < 10_000; i++)
        {
            seen[random.Next(-5, 5) + 5]++;
            Assert.That(random.NextDouble(), Is.GreaterThanOrEqualTo(0).And.LessThan(1));
            Assert.That(random.NextSingle(), Is.GreaterThanOrEqualTo(0f).And.LessThan(1f));
            Assert.That(random.Next(), Is.GreaterThanOrEqualTo(0).And.LessThan(int.MaxValue));
            Assert.That(random.NextInt64(long.MinValue, long.MaxValue), Is.LessThan(long.MaxValue));
        }

        Assert.That(seen, Is.All.InRange(800, 1200));
        Assert.That((random.Next(0), random.Next(3, 3), random.NextInt64(1)), Is.EqualTo((0, 3, 0L)));
        Assert.That(() => random.Next(-1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => random.Next(2, 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Bytes_and_shuffles_follow_from_the_seed_too()
    {
        byte[] one = new byte[64];
        byte[] other = new byte[64];
        new SeededRandom(3).NextBytes(one);
        new SeededRandom(3).NextBytes(other.AsSpan());
        int[] shuffled = [.. Enumerable.Range(0, 50)];
        int[] again = [.. shuffled];
        new SeededRandom(9).Shuffle(shuffled);
        new SeededRandom(9).Shuffle(again);

        Assert.That(one, Is.EqualTo(other).And.Not.EqualTo(new byte[64]));
        Assert.That(shuffled, Is.EqualTo(again).And.EquivalentTo(Enumerable.Range(0, 50)).And.Not.Ordered);
    }
}
