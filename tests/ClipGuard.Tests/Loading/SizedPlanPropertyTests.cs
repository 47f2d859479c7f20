using System.Runtime.CompilerServices;

using ClipGuard.Loading;
using ClipGuard.Manifests;

using FsCheck;
using FsCheck.Fluent;

using NUnit.Framework;

namespace ClipGuard.Tests.Loading;

/// <summary>Plans of batches by size: what they promise of any sizes, bounds, windows and ranks.</summary>
[CancelAfter(120_000)]
internal sealed class SizedPlanPropertyTests
{
    private static readonly Config Cases = Config.QuickThrowOnFailure.WithMaxTest(200);

    [Test]
    public void A_cut_keeps_its_bounds_and_gives_each_rank_equally_many()
    {
        Gen<(double[] Sizes, BatchBySizeState Bounds, int World)> cases =
            from sizes in Gen.Choose(0, 400).Select(size => size / 10.0).ArrayOf()
            from bounds in Bounds
            from world in Gen.Choose(1, 9)
            select (sizes.Order().ToArray(), bounds, world);
        Prop.ForAll(cases.ToArbitrary(), cut =>
        {
            List<(int First, int End)> batches = SizedBatchCutter.Cut(cut.Sizes, cut.Bounds, cut.World);
            bool isWhole = batches.Select(batch => batch.First).Append(cut.Sizes.Length).SequenceEqual(batches.Select(batch => batch.End).Prepend(0));
            bool isShared = batches.Count % cut.World == 0 || batches.All(batch => batch.End - batch.First == 1);
            return isWhole && isShared && batches.All(batch => Fits(cut.Sizes[batch.First..batch.End], cut.Bounds));
        }).Check(Cases);
    }

    // Segments end where each rank happens to be, with batches consumed out of order, and the next has other bounds, another window and another world.
    [TestCase(false)]
    [TestCase(true)]
    public void Worlds_that_follow_one_another_consume_each_row_once_and_have_equally_many_batches(bool isStreamed)
    {
        Gen<Segment> segment =
            from world in Gen.Choose(1, 5)
            from bounds in Bounds
            from consumed in Gen.Choose(0, 6).ArrayOf(world)
            from ahead in Gen.Choose(0, 3).ArrayOf(world)
            select new Segment(world, bounds, consumed, ahead);
        Gen<Run> runs =
            from rows in Gen.Choose(0, 150)
            from window in Gen.Choose(1, 40)
            from count in Gen.Choose(0, 3)
            from segments in segment.ArrayOf(count)
            from last in segment
            select new Run(rows, window, [.. segments, last]);
        Prop.ForAll(runs.ToArbitrary(), run => ConsumesEachOnce(run, isStreamed)).Check(Cases);
    }

    [Test]
    public void Only_ranks_without_a_sample_at_the_end_lose_samples_by_dropping()
    {
        Gen<(int Rows, int World, BatchBySizeState Bounds)> cases =
            from rows in Gen.Choose(0, 200)
            from world in Gen.Choose(1, 6)
            from bounds in Bounds
            select (rows, world, bounds);
        Prop.ForAll(cases.ToArbitrary(), plan =>
        {
            List<PlannedBatch>[] all = [.. Enumerable.Range(0, plan.World).Select(rank => Read(plan.Rows, plan.World, rank, plan.Bounds, dropLast: false))];
            List<PlannedBatch>[] kept = [.. Enumerable.Range(0, plan.World).Select(rank => Read(plan.Rows, plan.World, rank, plan.Bounds, dropLast: true))];
            bool isLastShort = all.Any(batches => batches.Count > 0 && batches[^1].Samples is [null]);
            return kept.Zip(all).All(pair => pair.First.Count == pair.Second.Count - (isLastShort ? 1 : 0))
                && kept.Zip(all).All(pair => Lines(pair.First).SequenceEqual(Lines(pair.Second.Take(pair.First.Count))));
        }).Check(Cases);
    }

    // A change of these numbers would make every saved state mean other samples.
    [Test]
    public void The_batches_of_an_epoch_are_the_same_in_every_release()
    {
        var bounds = new BatchBySizeState("size", 90, 8, CountsPadding: true, WindowRows: 20, 0, 0);

        string[] batches = [.. Read(40, 2, 1, bounds, dropLast: false).Select(batch => string.Join(' ', Lines([batch])))];

        Assert.That(string.Join("; ", batches), Is.EqualTo(
            "15 1; 9 27 2 24; 22 40; 21 14; 35 10 39 32 7 25; 8 26; 36 29"));
    }

    [TestCase(1)]
    [TestCase(4)]
    public void Little_is_padded_of_durations_that_are_skewed(int world)
    {
        PaddingTotals totals = PaddingTotals.Of(rows: 20_000, world, maxSeconds: 240);

        Assert.That(totals.BySize.Samples, Is.EqualTo(20_000));
        Assert.That(totals.Fixed.Samples, Is.EqualTo(20_000));
        Assert.That(totals.Fixed.Batches, Is.EqualTo(totals.BySize.Batches).Within(3).Percent);
        Assert.That(totals.Fixed.PaddingSeconds, Is.GreaterThan(totals.Fixed.Seconds * 0.3), "durations are not skewed enough to show anything");
        Assert.That(totals.BySize.PaddingSeconds, Is.LessThanOrEqualTo(totals.Fixed.PaddingSeconds / 3));
        Assert.That(totals.BySize.MostPaddedSeconds, Is.LessThanOrEqualTo(240));
    }

    private static Gen<BatchBySizeState> Bounds =>
        from most in Gen.Choose(1, 120)
        from samples in Gen.Choose(1, 20)
        from window in Gen.Choose(6, 60)
        from counts in Gen.Elements(true, false)
        select new BatchBySizeState("size", most, samples, counts, window, 0, 0);

    private static double SizeOf(long line) => line * 31 % 43;

    private static bool Fits(double[] sizes, BatchBySizeState bounds) => sizes.Length <= 1
        || (sizes.Length <= bounds.MaxSamples && (bounds.CountsPadding ? sizes.Max() * sizes.Length : sizes.Sum()) <= bounds.MaxSize + 1e-9);

    private static bool ConsumesEachOnce(Run run, bool isStreamed)
    {
        var seen = new List<long>();
        EpochProgress progress = EpochProgress.Begin(0, [], []);
        for (int number = 0; number < run.Segments.Length; number++)
        {
            Segment segment = run.Segments[number];
            bool isLast = number == run.Segments.Length - 1;
            List<PlannedBatch>[] ranks =
            [
                .. Enumerable.Range(0, segment.World).Select(rank =>
                    Read(run, progress.ResumeSegments, new RankInfo(rank, segment.World), segment.Bounds, isStreamed)),
            ];
            if (ranks.Select(batches => batches.Count).Distinct().Count() != 1
                || !ranks.SelectMany(batches => batches).All(batch => Fits([.. Lines([batch]).Select(SizeOf)], segment.Bounds)))
            {
                return false;
            }

            var states = new List<LoaderState>();
            for (int rank = 0; rank < segment.World; rank++)
            {
                int consumed = isLast ? ranks[rank].Count : Math.Min(segment.Consumed[rank], ranks[rank].Count);
                int ahead = consumed + 1 + segment.Ahead[rank];
                bool isAhead = segment.Ahead[rank] > 0 && ahead < ranks[rank].Count;
                EpochProgress at = progress;
                foreach (PlannedBatch batch in ranks[rank].Where(batch => batch.Number < consumed || (isAhead && batch.Number == ahead)))
                {
                    seen.AddRange(Lines([batch]));
                    at = at.After(batch.Number, batch.Start);
                }

                states.Add(State(segment, rank, progress) with
                {
                    ConsumedCount = at.Consumed,
                    ConsumedAhead = [.. at.Ahead],
                    BySize = segment.Bounds with { Window = at.Start.Window, FirstBatch = at.Start.FirstBatch },
                });
            }

            progress = EpochProgressRestorer.Resume(
                [.. states.Select(state => LoaderState.Parse(state.ToJson()))],
                State(segment, 0, progress) with { World = 99, BySize = segment.Bounds });
        }

        return seen.Order().SequenceEqual(Enumerable.Range(1, run.Rows).Select(line => (long)line));
    }

    private static LoaderState State(Segment segment, int rank, EpochProgress progress) =>
        new() { World = segment.World, Rank = rank, BatchSize = 1, ResumeSegments = progress.ResumeSegments, Shuffle = ShuffleMode.Windowed };

    private static List<PlannedBatch> Read(int rows, int world, int rank, BatchBySizeState bounds, bool dropLast) =>
        Read(new Run(rows, 7, []), [], new RankInfo(rank, world), bounds, isStreamed: false, dropLast);

    private static List<PlannedBatch> Read(
        Run run, IReadOnlyList<ResumeSegment> segments, RankInfo rank, BatchBySizeState bounds, bool isStreamed, bool dropLast = false)
    {
        EpochRows rows = isStreamed
            ? new StreamedEpochRows(new CountedManifest(run.Rows), new HashSet<ManifestLineReference>(), run.Window, seed: 5, epoch: 0, TimeSpan.FromMinutes(1))
            : new IndexedEpochRows(new CountedRows(run.Rows), new RowOrder(run.Rows, [], seed: 5, epoch: 0), "rows", TimeSpan.FromMinutes(1));
        var size = new SampleSize(sample => SizeOf((long)sample.FindNumber("line")!), "size");
        var plan = new SizedPlan(rows, segments, rank, size, bounds, dropLast, seed: 5, epoch: 0);
        return [.. plan.ReadAsync(0, CancellationToken.None).ToBlockingEnumerable()];
    }

    private static IEnumerable<long> Lines(IEnumerable<PlannedBatch> batches) => batches.SelectMany(static batch => batch.Samples)
        .OfType<PlannedSample>().Select(static sample => sample.Rows.Read(sample.Row).Line);

    private static SampleRow RowOf(long line) =>
        new(line, default, new Sample { Fields = [new SampleField("line", System.Text.Encoding.UTF8.GetBytes($"{line}"))] });

    private sealed record Segment(int World, BatchBySizeState Bounds, int[] Consumed, int[] Ahead);

    private sealed record Run(int Rows, int Window, Segment[] Segments);

    private sealed class CountedManifest(int count) : IManifest
    {
        public string Name => "rows";

        public async IAsyncEnumerable<ManifestRow> ReadRowsAsync([EnumeratorCancellation] CancellationToken cancellation = default)
        {
            await Task.CompletedTask;
            for (int line = 1; line <= count; line++)
            {
                yield return RowOf(line);
            }
        }
    }

    private sealed class CountedRows(int count) : IndexedRows
    {
        public override long Count => count;

        public override string Fingerprint => string.Empty;

        public override ManifestRow Read(long row) => RowOf(row + 1);

        public override long FindLine(long line) => line - 1;
    }
}
