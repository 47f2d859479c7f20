using System.Diagnostics.Metrics;

using ClipGuard.Loading;
using ClipGuard.Media;
using ClipGuard.Runs;

using NUnit.Framework;

namespace ClipGuard.Tests.Loading;

[CancelAfter(60_000)]
internal sealed class ClipLoaderTests
{
    [TestCase(1, 4)]
    [TestCase(3, 12)]
    public async Task A_consumer_that_stops_stops_the_stages(int prefetch, int most)
    {
        using LoaderRun run = LoaderRun.Of(400);
        await using ClipLoader loader = await run.OpenAsync(LoaderRun.Options with { PrefetchBatches = prefetch });
        await using IAsyncEnumerator<Batch> batches = loader.GetAsyncEnumerator();
        await batches.MoveNextAsync();
        batches.Current.Dispose();

        int asked = await StableCount.OfAsync(() => run.Clips.Asked.Count, 4 + most);

        // The batch that was taken, and those that may be made ahead of the next.
        Assert.That(asked, Is.EqualTo(4 + most));
    }

    // From the start, when nothing is known of the size of batches, to the end.
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(5)]
    public async Task Bytes_ahead_are_bounded_from_the_first_batch_on(int taken)
    {
        using var run = new LoaderRun(Enumerable.Range(0, 200).Select(i => $"/ok/{i}/100000"));
        var memory = new CountingBatchMemory();
        await using ClipLoader loader = await run.OpenAsync(
            LoaderRun.Options with { PrefetchBatches = 20, PrefetchBytes = 5_000_000, Memory = memory, Supervision = new() { Workers = 16 } });
        await using IAsyncEnumerator<Batch> batches = loader.GetAsyncEnumerator();
        ValueTask<bool> first = batches.MoveNextAsync();
        for (int i = 0; i < taken; i++)
        {
            _ = i == 0 ? await first : await batches.MoveNextAsync();
            batches.Current.Dispose();
        }

        int asked = await StableCount.OfAsync(() => run.Clips.Asked.Count, Math.Max(1, taken) * 4);

        // A batch of four comes to 1.6 MB and a little, so three of them fit at most, beside the one that was taken; the block that the first grew out of is
        // pooled.
        Assert.That(asked, Is.InRange(Math.Max(1, taken) * 4, (Math.Max(1, taken) + 3) * 4));
        Assert.That(memory.MostBytes, Is.LessThan(4 * 1_800_000));
        if (taken == 0)
        {
            await first;
            batches.Current.Dispose();
        }
    }

    [Test]
    public async Task Text_alone_is_made_ahead_too()
    {
        using LoaderRun run = LoaderRun.Of(80);
        await using ClipLoader loader = await run.OpenAsync(LoaderRun.Options with { Audio = null, PrefetchBytes = 1 });

        Assert.That(await LoaderRun.ReadAsync(loader), Has.Count.EqualTo(20));
    }

    [TestCase(0, 1, 0)]
    [TestCase(0, 4, 0)]
    [TestCase(1, 4, 1)]
    [TestCase(3, 8, 1)]
    public async Task Fewer_rows_than_ranks_still_give_equal_batches(int rows, int world, int batches)
    {
        using LoaderRun run = LoaderRun.Of(rows);
        foreach (ShuffleMode shuffle in Enum.GetValues<ShuffleMode>())
        {
            for (int rank = 0; rank < world; rank++)
            {
                List<SeenBatch> seen = await run.ReadAsync(LoaderRun.Options with { RankInfo = new RankInfo(rank, world), BatchSize = 1, Shuffle = shuffle });

                Assert.That(seen, Has.Count.EqualTo(batches));
                Assert.That(seen.Sum(batch => batch.Samples.Count(sample => !sample.IsMasked)), Is.EqualTo(rank < rows ? 1 : 0));
            }
        }
    }

    [TestCase(ShuffleMode.Full)]
    [TestCase(ShuffleMode.Windowed)]
    public async Task The_last_batch_can_be_dropped(ShuffleMode shuffle)
    {
        using LoaderRun run = LoaderRun.Of(43);

        List<SeenBatch> batches = await run.ReadAsync(
            LoaderRun.Options with { DropLast = true, Shuffle = shuffle, ShuffleWindow = 3, RankInfo = new RankInfo(1, 2) });

        Assert.That(batches, Has.Count.EqualTo(5));
        Assert.That(batches.SelectMany(batch => batch.Samples).Select(sample => sample.IsMasked), Is.All.False);
    }

    [Test]
    public async Task One_loop_at_a_time()
    {
        using LoaderRun run = LoaderRun.Of(40);
        await using ClipLoader loader = await run.OpenAsync(LoaderRun.Options);
        await using IAsyncEnumerator<Batch> first = loader.GetAsyncEnumerator();
        await first.MoveNextAsync();
        first.Current.Dispose();

        await Assert.ThatAsync(() => LoaderRun.ReadAsync(loader), Throws.InvalidOperationException);
        Assert.That(() => loader.Resume(loader.State), Throws.InvalidOperationException);
    }

    [Test]
    public async Task Hooks_see_clips_and_batches()
    {
        using LoaderRun run = LoaderRun.Of(6);
        LoaderOptions options = LoaderRun.Options with
        {
            Shuffle = ShuffleMode.None,
            Transform = context => context.Clips[0].AsSpan<float>()[0] = context.Random.Next(1_000_000),
            Collate = batch =>
            {
                var ids = batch.Add<long>("ids", batch.Samples.Count).AsTensorSpan<long>();
                for (int i = 0; i < batch.Samples.Count; i++)
                {
                    ids[i] = batch.Samples[i].Sample is { } sample && sample.TryGetField("id", out var id) ? id.GetInt64() : -1;
                }
            },
        };
        List<(long[] Ids, float[] First)> seen = [];
        for (int repeat = 0; repeat < 2; repeat++)
        {
            await using ClipLoader loader = await run.OpenAsync(options);
            await foreach (Batch batch in loader)
            {
                using (batch)
                {
                    var ids = batch["ids"].AsTensorSpan<long>();
                    var audio = batch["audio"].AsTensorSpan<float>();
                    long[] copied = new long[4];
                    ids.FlattenTo(copied);
                    seen.Add((copied, [audio[0, 0, 0], audio[1, 0, 0]]));
                }
            }
        }

        Assert.That(seen.Select(batch => batch.Ids), Is.EqualTo(new[] { new long[] { 0, 1, 2, 3 }, [4, 5, -1, -1], [0, 1, 2, 3], [4, 5, -1, -1] }));
        Assert.That(seen.Take(2).Select(batch => batch.First), Is.EqualTo(seen.Skip(2).Select(batch => batch.First)));
        Assert.That(seen.Take(2).SelectMany(batch => batch.First), Is.Unique);
    }

    [Test]
    public async Task A_clip_that_would_pad_its_batch_beyond_the_limit_is_a_fault()
    {
        using var run = new LoaderRun(["/ok/1/100", "/ok/2/101", "/ok/3/5", "/ok/4/5"]);

        List<SeenBatch> batches = await run.ReadAsync(
            LoaderRun.Options with { MaxPaddedBytes = 4 * 4 * 100, OnBadSample = BadSamplePolicy.Mask, Shuffle = ShuffleMode.None });

        Assert.That(batches.Single().Faults.Select(fault => (fault.Line, fault.Kind)), Is.EqualTo(new[] { (2L, (FaultKind?)FaultKind.LimitExceeded) }));
    }

    [Test]
    public async Task Measurements_and_the_report_add_up()
    {
        using LoaderRun run = LoaderRun.Of(40, badEvery: 4);
        long decodes = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == ClipGuardTelemetry.MeterName && instrument.Name == "clipguard.decodes")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref decodes, value));
        listener.Start();
        await using ClipLoader loader = await run.OpenAsync(LoaderRun.Options with { OnBadSample = BadSamplePolicy.Mask });

        await LoaderRun.ReadAsync(loader);

        EpochReport report = loader.LastEpoch!;
        Assert.That((report.BatchCount, report.SampleCount, report.MaskedCount, report.SubstituteCount, report.ClipCount), Is.EqualTo((10, 30, 10, 0, 30)));
        Assert.That(report.Faults, Is.EqualTo(new Dictionary<FaultKind, long> { [FaultKind.Corrupt] = 10 }));
        Assert.That(report.Waited, Is.LessThanOrEqualTo(report.Elapsed));
        Assert.That(decodes, Is.GreaterThanOrEqualTo(40));
    }

    [TestCase("cpu  100 0 50 800 50 0 0 0 0 0", "cpu  175 0 50 800 75 0 0 0 0 0", 0.75)]
    [TestCase("cpu  100 0 50 800 50 0 0 0 0 0", "cpu  100 0 50 800 50 0 0 0 0 0", null)]
    public void The_processors_use_is_what_the_system_counts(string before, string after, double? use)
    {
        Assert.That(ProcessorTimes.Parse(after)!.Value.UseSince(ProcessorTimes.Parse(before)!.Value), Is.EqualTo(use));
    }

    [Test]
    public async Task Batches_that_skipping_leaves_empty_are_no_batches()
    {
        using var run = new LoaderRun(["/ok/0/3", "/ok/0/3", "/ok/0/3", "/ok/0/3", "/bad/4", "/bad/5", "/bad/6", "/bad/7", "/ok/8/2"]);
        int collated = 0;
        await using ClipLoader loader = await run.OpenAsync(
            LoaderRun.Options with
            {
                OnBadSample = BadSamplePolicy.Skip,
                Shuffle = ShuffleMode.None,
                Collate = batch => collated += batch.Samples.Count > 0 ? 1 : 100,
            });

        Assert.That(await LoaderRun.ReadAsync(loader), Has.Count.EqualTo(2));
        Assert.That((collated, loader.LastEpoch!.BatchCount, loader.LastEpoch.Faults[FaultKind.Corrupt]), Is.EqualTo((2, 2L, 4L)));
    }

    [Test]
    public async Task More_samples_are_at_work_than_decodes_may_run()
    {
        using LoaderRun run = LoaderRun.Of(40);
        run.Clips.Before = (_, cancellation) => Task.Delay(Timeout.Infinite, cancellation);
        await using ClipLoader loader = await run.OpenAsync(LoaderRun.Options with { BatchSize = 20, Supervision = new() { Workers = 3 } });
        Task<bool> first = loader.GetAsyncEnumerator().MoveNextAsync().AsTask();

        Assert.That(await StableCount.OfAsync(() => run.Clips.Asked.Count, 6), Is.EqualTo(6));
        await loader.DisposeAsync();
        await Assert.ThatAsync(() => first, Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public void Settings_out_of_their_range_are_refused()
    {
        using LoaderRun run = LoaderRun.Of(4);
        foreach (LoaderOptions options in new[]
        {
            LoaderRun.Options with { Buckets = BucketOptions.ByText() with { WindowBatches = 0 } },
            LoaderRun.Options with { Budget = new FailureBudget { MaxRate = 1.5 } },
            LoaderRun.Options with { Budget = new FailureBudget { MaxRate = double.NaN } },
            LoaderRun.Options with { Budget = new FailureBudget { MaxFaults = -1 } },
            LoaderRun.Options with { Budget = new FailureBudget { Probation = -1 } },
        })
        {
            Assert.That(() => run.OpenAsync(options).GetAwaiter().GetResult(), Throws.InstanceOf<ArgumentOutOfRangeException>());
        }
    }
}
