using ClipGuard.Loading;
using ClipGuard.Randomness;

using FsCheck;
using FsCheck.Fluent;

using NUnit.Framework;

namespace ClipGuard.Tests.Loading;

[CancelAfter(120_000)]
internal sealed class EpochPlanPropertyTests
{
    private static readonly Config Cases = Config.QuickThrowOnFailure.WithMaxTest(300);

    [Test]
    public void A_permutation_has_every_number_once()
    {
        Prop.ForAll(Gen.Choose(0, 3000).ToArbitrary(), Gen.Choose(int.MinValue, int.MaxValue).ToArbitrary(), (count, key) =>
        {
            var permutation = new Permutation((ulong)key, count);
            return Enumerable.Range(0, count).Select(index => permutation[index]).Order().SequenceEqual(Enumerable.Range(0, count).Select(i => (long)i));
        }).Check(Cases);
    }

    [Test]
    public void A_permutation_of_many_is_spread_evenly()
    {
        const int Count = 100_000;
        var permutation = new Permutation(42, Count);
        long[] moved = [.. Enumerable.Range(0, Count).Select(index => permutation[index])];

        // Each tenth of the indexes gets about equally many of each tenth of the numbers: 1000 are expected, five standard deviations allowed.
        int[,] table = new int[10, 10];
        for (int index = 0; index < Count; index++)
        {
            table[index * 10 / Count, moved[index] * 10 / Count]++;
        }

        Assert.That(table.Cast<int>(), Is.All.InRange(840, 1160));
        Assert.That(moved.Zip(moved.Skip(1)).Count(pair => pair.Second == pair.First + 1), Is.LessThan(20));
    }

    [Test]
    public void Ranks_share_every_position_once_and_have_equally_many_batches()
    {
        Gen<(int Rows, int World, int Batch)> cases =
            from rows in Gen.Choose(0, 500)
            from world in Gen.Choose(1, 9)
            from batch in Gen.Choose(1, 9)
            select (rows, world, batch);
        Prop.ForAll(cases.ToArbitrary(), plan =>
        {
            Share[] ranks =
            [
                .. Enumerable.Range(0, plan.World).Select(rank => new Share(new RankBatches(new RankInfo(rank, plan.World), plan.Batch), plan.Rows)),
            ];
            long[] all = [.. ranks.SelectMany(rank => rank.Indexes)];
            return ranks.Select(rank => rank.Batches).Distinct().Count() == 1
                && all.Order().SequenceEqual(Enumerable.Range(0, plan.Rows).Select(i => (long)i))
                && ranks.Max(rank => rank.Indexes.Length) - ranks.Min(rank => rank.Indexes.Length) <= plan.Batch;
        }).Check(Cases);
    }

    [Test]
    public void Segments_in_any_number_consume_each_position_once()
    {
        Gen<(int World, int Batch, int[] Consumed)> segment =
            from world in Gen.Choose(1, 5)
            from batch in Gen.Choose(1, 5)
            from consumed in Gen.Choose(0, 6).ArrayOf(world)
            select (world, batch, consumed);
        Gen<(int Rows, (int World, int Batch, int[] Consumed)[] ResumeSegments)> cases =
            from rows in Gen.Choose(0, 300)
            from count in Gen.Choose(0, 4)
            from segments in segment.ArrayOf(count)
            select (rows, segments);
        Prop.ForAll(cases.ToArbitrary(), run =>
        {
            var consumed = new List<long>();
            var left = RemainingPositions.Whole(run.Rows);
            foreach ((int world, int batch, int[] batches) in run.ResumeSegments)
            {
                for (int rank = 0; rank < world; rank++)
                {
                    var rankBatches = new RankBatches(new RankInfo(rank, world), batch);
                    consumed.AddRange(
                        from number in Enumerable.Range(0, batches[rank])
                        from slot in Enumerable.Range(0, batch)
                        let index = rankBatches.IndexOf(number, slot)
                        where index < left.Length
                        select left[index]);
                }

                left = left.After(new ResumeSegment(world, batch, [.. batches.Select(number => (long)number)]), static index => index);
            }

            consumed.AddRange(Enumerable.Range(0, (int)left.Length!.Value).Select(index => left[index]));
            return consumed.Order().SequenceEqual(Enumerable.Range(0, run.Rows).Select(i => (long)i));
        }).Check(Cases);
    }

    [Test]
    public void Excluded_rows_have_no_position_and_all_others_have_one()
    {
        Prop.ForAll(Gen.Choose(0, 200).ToArbitrary(), Gen.Choose(0, 199).ListOf().ToArbitrary(), (rows, left) =>
        {
            long[] excluded = [.. left.Where(row => row < rows).Select(row => (long)row).Distinct().Order()];
            var order = new RowOrder(rows, excluded, seed: 3, epoch: 1);
            return Enumerable.Range(0, (int)order.Count).Select(position => order.RowAt(position)).Order()
                .SequenceEqual(Enumerable.Range(0, rows).Select(row => (long)row).Except(excluded));
        }).Check(Cases);
    }

    [Test]
    public void Buckets_are_a_permutation_within_their_windows()
    {
        Prop.ForAll(Gen.Choose(0, 300).ToArbitrary(), Gen.Choose(1, 12).ToArbitrary(), Gen.Choose(1, 5).ToArbitrary(), (rows, globalBatch, window) =>
        {
            var buckets = new LengthBuckets(RemainingPositions.Whole(rows), position => position * 31 % 17, globalBatch, window, seed: 1, epoch: 0);
            long[] indexes = [.. Enumerable.Range(0, rows).Select(index => buckets.IndexAt(index))];
            return indexes.Order().SequenceEqual(Enumerable.Range(0, rows).Select(i => (long)i))
                && indexes.Select((index, i) => index / (globalBatch * window) == i / (globalBatch * window)).All(same => same);
        }).Check(Cases);
    }

    [Test]
    public void Substitutes_follow_from_their_arguments_alone_and_reach_every_row()
    {
        long[] chosen = [.. Enumerable.Range(0, 2000).Select(position => Substitutes.Choose(5, 2, position, 1, 50))];

        Assert.That(chosen, Is.EqualTo(Enumerable.Range(0, 2000).Select(position => Substitutes.Choose(5, 2, position, 1, 50))));
        Assert.That(chosen.Distinct().Order(), Is.EqualTo(Enumerable.Range(0, 50)));
        Assert.That(Enumerable.Range(1, 20).Select(attempt => Substitutes.Choose(5, 2, 7, attempt, 1_000_000)), Is.Unique);
    }

    // A change of these numbers would make every saved state mean other samples.
    [Test]
    public void The_order_of_an_epoch_is_the_same_in_every_release()
    {
        var order = new RowOrder(1000, [], seed: 17, epoch: 3);

        Assert.That(Enumerable.Range(0, 8).Select(position => order.RowAt(position)), Is.EqualTo(Golden.Order));
        Assert.That(Enumerable.Range(1, 4).Select(attempt => Substitutes.Choose(17, 3, 5, attempt, 1000)), Is.EqualTo(Golden.Substitutes));
    }

    private static class Golden
    {
        public static readonly long[] Order = [333, 158, 213, 990, 1, 669, 343, 703];
        public static readonly long[] Substitutes = [211, 82, 873, 292];
    }

    private sealed class Share(RankBatches rankBatches, int rows)
    {
        public long Batches { get; } = rankBatches.Count(rows, dropLast: false);

        public long[] Indexes =>
        [
            .. from batch in Enumerable.Range(0, (int)Batches)
               from slot in Enumerable.Range(0, rankBatches.BatchSize)
               select rankBatches.IndexOf(batch, slot) into index
               where index < rows
               select index,
        ];
    }
}
