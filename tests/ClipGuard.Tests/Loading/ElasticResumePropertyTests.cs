using System.Runtime.CompilerServices;

using ClipGuard.Loading;
using ClipGuard.Manifests;

using FsCheck;
using FsCheck.Fluent;

using NUnit.Framework;

namespace ClipGuard.Tests.Loading;

/// <summary>Plans over rows that are indexed or read in windows, resumed from the states of worlds of any size, in step or not, in order or not.</summary>
[CancelAfter(120_000)]
internal sealed class ElasticResumePropertyTests
{
    private static readonly Config Cases = Config.QuickThrowOnFailure.WithMaxTest(100);

    [TestCase(false, false)]
    [TestCase(true, false)]
    [TestCase(false, true)]
    [TestCase(true, true)]
    public void Worlds_that_follow_one_another_consume_each_row_once(bool isStreamed, bool dropLast)
    {
        Gen<Segment> segment =
            from world in Gen.Choose(1, 5)
            from batch in Gen.Choose(1, 5)
            from consumed in Gen.Choose(0, 6).ArrayOf(world)
            from ahead in Gen.Choose(0, 3).ArrayOf(world)
            select new Segment(world, batch, consumed, ahead);
        Gen<Run> runs =
            from rows in Gen.Choose(0, 150)
            from window in Gen.Choose(1, 40)
            from count in Gen.Choose(0, 3)
            from segments in segment.ArrayOf(count)
            from last in segment
            select new Run(rows, window, [.. segments, last]);
        Prop.ForAll(runs.ToArbitrary(), run => ConsumesEachOnce(run, isStreamed, dropLast)).Check(Cases);
    }

    private static bool ConsumesEachOnce(Run run, bool isStreamed, bool dropLast)
    {
        var seen = new List<long>();
        EpochProgress progress = EpochProgress.Begin(0, [], []);
        long left = run.Rows;
        for (int number = 0; number < run.ResumeSegments.Length; number++)
        {
            Segment segment = run.ResumeSegments[number];
            bool isLast = number == run.ResumeSegments.Length - 1;
            List<long[]>[] ranks =
            [
                .. Enumerable.Range(0, segment.World)
                    .Select(
                        rank => Batches(run, progress.ResumeSegments, new RankBatches(new RankInfo(rank, segment.World), segment.Batch), isStreamed, dropLast)),
            ];
            int globalBatch = segment.World * segment.Batch;
            if (ranks.Any(batches => batches.Count != (dropLast ? left / globalBatch : (left + globalBatch - 1) / globalBatch)))
            {
                return false;
            }

            var states = new List<LoaderState>();
            for (int rank = 0; rank < segment.World; rank++)
            {
                int consumed = isLast ? ranks[rank].Count : Math.Min(segment.Consumed[rank], ranks[rank].Count);
                int ahead = consumed + 1 + segment.Ahead[rank];
                bool isAhead = segment.Ahead[rank] > 0 && ahead < ranks[rank].Count;
                long[] lines = [.. ranks[rank].Where((_, batch) => batch < consumed || (isAhead && batch == ahead)).SelectMany(batch => batch)];
                seen.AddRange(lines);
                left -= lines.Length;
                states.Add(State(segment, rank, progress) with { ConsumedCount = consumed, ConsumedAhead = isAhead ? [ahead] : [] });
            }

            // The next run has a world that no segment had, so that all remaining samples are distributed again.
            progress = EpochProgressRestorer.Resume(states, State(segment, 0, progress) with { World = 99, BatchSize = 1 });
        }

        long[] expected = [.. Enumerable.Range(1, run.Rows).Select(line => (long)line)];
        return dropLast
            ? seen.Distinct().Count() == seen.Count
                && seen.All(line => line >= 1 && line <= run.Rows)
                && run.Rows - seen.Count < run.ResumeSegments[^1].World * run.ResumeSegments[^1].Batch
            : seen.Order().SequenceEqual(expected);
    }

    private static LoaderState State(Segment segment, int rank, EpochProgress progress) =>
        new() { World = segment.World, Rank = rank, BatchSize = segment.Batch, ResumeSegments = progress.ResumeSegments, Shuffle = ShuffleMode.Windowed };

    // The lines of each batch, without padding.
    private static List<long[]> Batches(Run run, IReadOnlyList<ResumeSegment> segments, RankBatches rankBatches, bool isStreamed, bool dropLast)
    {
        EpochRows rows = isStreamed
            ? new StreamedEpochRows(new CountedManifest(run.Rows), new HashSet<ManifestLineReference>(), run.Window, seed: 5, epoch: 0, TimeSpan.FromMinutes(1))
            : new IndexedEpochRows(new CountedRows(run.Rows), new RowOrder(run.Rows, [], seed: 5, epoch: 0), "rows", TimeSpan.FromMinutes(1));
        var plan = new FixedBatchSizePlan(rows, segments, rankBatches, dropLast, bucket: null);
        return plan.ReadAsync(0, CancellationToken.None).ToBlockingEnumerable()
            .Select(batch => batch.Samples.OfType<PlannedSample>().Select(LineOf).ToArray()).ToList();
    }

    private static long LineOf(PlannedSample sample) => sample.ReadAsync(5, 0, 0, CancellationToken.None).AsTask().GetAwaiter().GetResult().Line;

    private sealed record Segment(int World, int Batch, int[] Consumed, int[] Ahead);

    private sealed record Run(int Rows, int Window, Segment[] ResumeSegments);

    private sealed class CountedManifest(int count) : IManifest
    {
        public string Name => "rows";

        public async IAsyncEnumerable<ManifestRow> ReadRowsAsync([EnumeratorCancellation] CancellationToken cancellation = default)
        {
            await Task.CompletedTask;
            for (int line = 1; line <= count; line++)
            {
                yield return new SampleRow(line, default, new Sample());
            }
        }
    }

    private sealed class CountedRows(int count) : IndexedRows
    {
        public override long Count => count;

        public override string Fingerprint => string.Empty;

        public override ManifestRow Read(long row) => new SampleRow(row + 1, default, new Sample());

        public override long FindLine(long line) => line - 1;
    }
}
