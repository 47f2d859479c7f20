using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

using ClipGuard.Loading;
using ClipGuard.Runs;

using NUnit.Framework;

namespace ClipGuard.Tests.Loading;

/// <summary>What a loader tells of itself: log, meter, activities and reports. The meter is one for the process, so nothing else may run beside.</summary>
[CancelAfter(60_000)]
[NonParallelizable]
internal sealed class LoaderTelemetryTests
{
    [Test]
    public async Task Each_fault_is_logged_once_also_where_its_batch_was_made_twice()
    {
        using LoaderRun run = LoaderRun.Of(60, badEvery: 6);
        var log = new RecordingLog();
        LoaderOptions options = LoaderRun.Options with { OnBadSample = BadSamplePolicy.Mask, PrefetchBatches = 8 };

        // Left twice, with batches made ahead in vain, and gone on with by another loader.
        await using (ClipLoader first = await run.OpenAsync(options, log))
        {
            await LoaderRun.ReadAsync(first, 2);
            await LoaderRun.ReadAsync(first, 3);
            await using ClipLoader second = await run.OpenAsync(options, log);
            second.Resume(first.State);
            await LoaderRun.ReadAsync(second);
        }

        Assert.That(log.Lines, Has.Length.EqualTo(10));
        Assert.That(log.Lines.Select(line => line.Split(':')[0]).Order(), Is.EqualTo(Enumerable.Range(1, 10).Select(i => $"Line {i * 6}").Order()));
        Assert.That(
            log.Lines,
            Is.All.Contains("is Corrupt at Decode. It is damaged.")
                .And.All.Contains("7 bytes read, 5 packets, 3 frames").And.All.Contains("decoder: one | two"));
    }

    [Test]
    public async Task A_fault_that_ends_the_loop_is_logged_too([Values] bool isThrown)
    {
        using LoaderRun run = LoaderRun.Of(8, badEvery: 8);
        var log = new RecordingLog();
        await using ClipLoader loader = await run.OpenAsync(
            LoaderRun.Options with { OnBadSample = isThrown ? BadSamplePolicy.Throw : BadSamplePolicy.Mask, Budget = new FailureBudget { MaxFaults = 0 } },
            log);

        await Assert.ThatAsync(() => LoaderRun.ReadAsync(loader), Throws.InstanceOf<BadSampleException>());
        Assert.That(log.Lines, Has.Length.EqualTo(1));
    }

    [Test]
    public async Task The_rank_and_who_says_it_is_logged()
    {
        using LoaderRun run = LoaderRun.Of(8);
        var log = new RecordingLog();
        var array = RankInfo.FromEnvironment(static name => name.StartsWith("SLURM_ARRAY_TASK_", StringComparison.Ordinal) ? "3" : null);
        await using ClipLoader first = await run.OpenAsync(LoaderRun.Options with { RankInfo = new RankInfo(1, 2) { Source = "MPICH (PMI_RANK=1)" } }, log);
        await using ClipLoader second = await run.OpenAsync(LoaderRun.Options with { RankInfo = array }, log);

        Assert.That(log.Lines[0], Does.Contain("Rank 1 of 2, by MPICH (PMI_RANK=1)"));
        Assert.That(log.Lines[1], Does.Contain("Rank 0 of 1, by no launcher"));
        Assert.That(log.Lines[2], Does.Contain("each task of the Slurm array is taken for a training of its own"));
    }

    [Test]
    public async Task Depths_come_back_to_nothing_and_only_a_killed_helper_is_a_kill()
    {
        using var run = new LoaderRun(["/hang/0", "/ok/1/3", "/slow/2/3", "/ok/3/3", "/bad/4", "/ok/5/5", "/ok/6/3", "/ok/7/2"]);
        var sums = new ConcurrentDictionary<string, long>();
        var most = new ConcurrentDictionary<string, long>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == ClipGuardTelemetry.MeterName)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) =>
        {
            long sum = sums.AddOrUpdate(instrument.Name, value, (_, before) => before + value);
            most.AddOrUpdate(instrument.Name, sum, (_, before) => Math.Max(before, sum));
        });
        listener.Start();
        await using (ClipLoader loader = await run.OpenAsync(
            LoaderRun.Options with { OnBadSample = BadSamplePolicy.Mask, Shuffle = ShuffleMode.None, BatchSize = 2 }))
        {
            await LoaderRun.ReadAsync(loader, 2);
            await LoaderRun.ReadAsync(loader);
        }

        // Verdicts of a scripted decoder, behind which there is no helper.
        Assert.That(sums.Keys, Has.No.Member("clipguard.kills"));
        foreach (string depth in new[] { "clipguard.batches.ahead", "clipguard.batches.ready", "clipguard.samples.open", "clipguard.bytes.ahead" })
        {
            Assert.That((sums[depth], most[depth] > 0), Is.EqualTo((0L, true)), depth);
        }
    }

    [Test]
    public async Task Decodes_are_counted_and_timed_by_kind_and_verdict_and_bytes_and_waiting_with_them()
    {
        using LoaderRun run = LoaderRun.Of(40, badEvery: 4);
        var sums = new ConcurrentDictionary<string, double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == ClipGuardTelemetry.MeterName)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        void Count(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            sums.AddOrUpdate($"{instrument.Name} {string.Join(' ', tags.ToArray().Select(tag => tag.Value))}".TrimEnd(), value, (_, before) => before + value);
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Count(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>(
            (instrument, value, tags, _) => Count(instrument, instrument.Name == "clipguard.decode.duration" ? 1 : value, tags));
        listener.Start();
        await using ClipLoader loader = await run.OpenAsync(LoaderRun.Options with { OnBadSample = BadSamplePolicy.Mask });
        await LoaderRun.ReadAsync(loader);

        foreach (string name in new[] { "clipguard.decodes", "clipguard.decode.duration" })
        {
            Assert.That((sums[$"{name} audio ok"], sums[$"{name} audio Corrupt"]), Is.EqualTo((30d, 10d)), name);
        }

        Assert.That(sums["clipguard.bytes audio"], Is.EqualTo(loader.LastEpoch!.Bytes).And.GreaterThan(0));
        Assert.That(sums["clipguard.consumer.wait"], Is.EqualTo(loader.LastEpoch.Waited.TotalSeconds).Within(1e-6));
    }

    [Test]
    public async Task An_activity_covers_a_batch_from_its_first_dispatch_on_and_its_report_the_wait()
    {
        using LoaderRun run = LoaderRun.Of(8);
        run.Clips.Before = (_, cancellation) => Task.Delay(300, cancellation);
        var activities = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ClipGuardTelemetry.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activities.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using ClipLoader loader = await run.OpenAsync(LoaderRun.Options);
        var waits = new List<TimeSpan>();
        await foreach (Batch batch in loader)
        {
            using (batch)
            {
                waits.Add(batch.Report.Waited);
                await Task.Delay(500);
            }
        }

        Assert.That(activities.Select(activity => activity.GetTagItem("clipguard.batch")), Is.EqualTo(new object[] { 0L, 1L }));
        Assert.That(activities.Select(activity => activity.Duration), Is.All.GreaterThan(TimeSpan.FromMilliseconds(200)));
        Assert.That(waits[0], Is.GreaterThan(TimeSpan.FromMilliseconds(100)));
        Assert.That(loader.LastEpoch!.Waited, Is.GreaterThanOrEqualTo(waits[0]));
    }

    [Test]
    public void The_bottleneck_is_who_kept_the_others_waiting()
    {
        // Waiting is asked first: where the loop waited little, nothing else held it up.
        Assert.That(EpochAccount.BottleneckOf(waited: 0.05, processorUse: 1, reachable: 1), Is.EqualTo(Bottleneck.Consumer));
        Assert.That(EpochAccount.BottleneckOf(waited: 0.5, processorUse: 0.9, reachable: 1), Is.EqualTo(Bottleneck.Decoding));
        Assert.That(EpochAccount.BottleneckOf(waited: 0.5, processorUse: 0.2, reachable: 1), Is.EqualTo(Bottleneck.Storage));
        Assert.That(EpochAccount.BottleneckOf(waited: 0.5, processorUse: 0.2, reachable: 0.25), Is.EqualTo(Bottleneck.Decoding));
        Assert.That(EpochAccount.BottleneckOf(waited: 0.5, processorUse: null, reachable: 1), Is.EqualTo(Bottleneck.Decoding));
    }
}
