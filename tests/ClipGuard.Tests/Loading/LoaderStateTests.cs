using System.Text.Json.Nodes;

using ClipGuard.Loading;
using ClipGuard.Manifests;
using ClipGuard.Runs;

using NUnit.Framework;

namespace ClipGuard.Tests.Loading;

/// <summary>What a state must hold, and what must not pass for one.</summary>
[CancelAfter(120_000)]
internal sealed class LoaderStateTests
{
    [Test]
    public async Task A_batch_that_the_budget_or_a_hook_stops_is_not_consumed([Values] bool isHook)
    {
        using LoaderRun run = LoaderRun.Of(40, badEvery: 13);
        LoaderOptions options = LoaderRun.Options with { Shuffle = ShuffleMode.None, OnBadSample = BadSamplePolicy.Mask };
        List<SeenBatch> whole = await run.ReadAsync(options);
        await using ClipLoader loader = await run.OpenAsync(options with
        {
            Budget = isHook ? FailureBudget.Unlimited : new FailureBudget { MaxFaults = 0 },
            Collate = batch => _ = isHook && batch.Number == 3 ? throw new NotFiniteNumberException() : batch,
        });
        var seen = new List<SeenBatch>();
        Exception? end = null;
        try
        {
            await foreach (Batch batch in loader)
            {
                using (batch)
                {
                    seen.Add(SeenBatch.Of(batch));
                }
            }
        }
        catch (Exception error) when (error is BadSampleException or NotFiniteNumberException)
        {
            end = error;
        }

        await using ClipLoader second = await run.OpenAsync(options);
        second.Resume(loader.State);
        List<SeenBatch> rest = await LoaderRun.ReadAsync(second);

        Assert.That(end, Is.Not.Null);
        Assert.That((seen.Count, loader.State.ConsumedCount), Is.EqualTo((3, 3L)));
        Assert.That(seen.Concat(rest).Select(batch => batch.Content), Is.EqualTo(whole.Select(batch => batch.Content)));
    }

    [Test]
    public async Task What_failed_before_a_resume_is_excluded_after_it()
    {
        using LoaderRun run = LoaderRun.Of(43, badEvery: 5);
        LoaderOptions options = LoaderRun.Options with { ExcludeFailed = true };
        await using ClipLoader uninterrupted = await run.OpenAsync(options);
        _ = await LoaderRun.ReadAsync(uninterrupted);
        List<SeenBatch> second = await LoaderRun.ReadAsync(uninterrupted);
        List<SeenBatch> third = await LoaderRun.ReadAsync(uninterrupted);

        for (int taken = 0; taken <= 11; taken++)
        {
            await using ClipLoader before = await run.OpenAsync(options);
            await LoaderRun.ReadAsync(before, taken);
            await using ClipLoader after = await run.OpenAsync(options);
            after.Resume(LoaderState.Parse(before.State.ToJson()));
            _ = await LoaderRun.ReadAsync(after);

            Assert.That((await LoaderRun.ReadAsync(after)).Select(batch => batch.Content), Is.EqualTo(second.Select(batch => batch.Content)), $"after {taken}");
            Assert.That((await LoaderRun.ReadAsync(after)).Select(batch => batch.Content), Is.EqualTo(third.Select(batch => batch.Content)), $"after {taken}");
        }
    }

    [Test]
    public async Task The_budget_goes_on_where_it_was_when_a_loop_is_left_or_a_run_resumed([Values] bool isResumed)
    {
        using LoaderRun run = LoaderRun.Of(60, badEvery: 4);
        LoaderOptions options = LoaderRun.Options with
        {
            OnBadSample = BadSamplePolicy.Mask,
            Shuffle = ShuffleMode.None,
            Budget = new FailureBudget { MaxFaults = 5, MaxRate = 1 },
        };
        await using ClipLoader loader = await run.OpenAsync(options);
        await LoaderRun.ReadAsync(loader, 4);
        await using ClipLoader second = isResumed ? await run.OpenAsync(options) : loader;
        second.Resume(loader.State);

        Assert.That((loader.State.TriedRowCount, loader.State.FaultCount), Is.EqualTo((16L, 4L)));
        await Assert.ThatAsync(() => LoaderRun.ReadAsync(second), Throws.InstanceOf<BadSampleException>().With.Message.StartsWith("6 of 24 rows"));
    }

    [Test]
    public async Task States_of_all_ranks_that_ran_without_order_go_on_with_another_world()
    {
        using LoaderRun run = LoaderRun.Of(97);
        LoaderOptions options = LoaderRun.Options with { InOrder = false, BatchSize = 3, Supervision = new() { Workers = 6 } };

        // The first clip of every rank's first batch waits, so that later batches come before it.
        var first = new TaskCompletionSource();
        await using ClipLoader probe = await run.OpenAsync(options with { InOrder = true, RankInfo = new RankInfo(0, 2) });
        long[] slow = [.. (await LoaderRun.ReadAsync(probe, 1))[0].Samples.Select(sample => sample.Line)];
        run.Clips.Before = (path, cancellation) => slow.Any(line => run.Rows[line - 1] == path) ? first.Task.WaitAsync(cancellation) : Task.CompletedTask;

        var seen = new List<long>();
        List<LoaderState> states = [];
        for (int rank = 0; rank < 2; rank++)
        {
            await using ClipLoader loader = await run.OpenAsync(options with { RankInfo = new RankInfo(rank, 2) });
            List<SeenBatch> read = await LoaderRun.ReadAsync(loader, 3);
            seen.AddRange(Lines(read));
            states.Add(LoaderState.Parse(loader.State.ToJson()));
        }

        first.SetResult();
        Assert.That(states[0].ConsumedAhead, Is.Not.Empty);
        await using ClipLoader other = await run.OpenAsync(options);
        Assert.That(() => other.Resume(states[0]), Throws.InstanceOf<LoaderStateException>().With.Message.Contains("out of order"));
        other.Resume(states);
        seen.AddRange(Lines(await LoaderRun.ReadAsync(other)));

        Assert.That(seen.Order(), Is.EqualTo(Enumerable.Range(1, 97)));
    }

    [Test]
    public async Task The_state_of_another_rank_is_refused_where_it_does_not_say_where_this_one_was()
    {
        using LoaderRun run = LoaderRun.Of(60);
        await using ClipLoader loader = await run.OpenAsync(LoaderRun.Options with { RankInfo = new RankInfo(1, 2) });
        LoaderState other = loader.State with { Rank = 0, ConsumedCount = 2 };

        Assert.That(() => loader.Resume(other with { ConsumedAhead = [4] }), Throws.InstanceOf<LoaderStateException>());
        loader.Resume(other);
        Assert.That((loader.State.Rank, loader.State.ConsumedCount), Is.EqualTo((1, 2L)));
    }

    [Test]
    public async Task Buckets_of_another_kind_or_width_are_another_order()
    {
        using LoaderRun run = LoaderRun.Of(60);
        LoaderOptions options = LoaderRun.Options with { Buckets = BucketOptions.ByField("duration") };
        await using ClipLoader loader = await run.OpenAsync(options);
        foreach (BucketOptions? buckets in new[] { null, BucketOptions.ByText(), BucketOptions.ByField("id"), options.Buckets with { WindowBatches = 5 } })
        {
            await using ClipLoader changed = await run.OpenAsync(options with { Buckets = buckets });

            Assert.That(() => changed.Resume(loader.State), Throws.InstanceOf<LoaderStateException>().With.Message.Contains("buckets"));
        }
    }

    [Test]
    public async Task Ranks_with_other_segments_behind_them_are_not_one_run()
    {
        using LoaderRun run = LoaderRun.Of(60);
        await using ClipLoader loader = await run.OpenAsync(LoaderRun.Options);
        LoaderState state = loader.State with { World = 2, ResumeSegments = [new ResumeSegment(1, 4, [3])] };

        Assert.That(
            () => loader.Resume(state, state with { Rank = 1, ResumeSegments = [new ResumeSegment(1, 4, [2])] }), Throws.InstanceOf<LoaderStateException>());
        loader.Resume(state, state with { Rank = 1, ResumeSegments = [new ResumeSegment(1, 4, [3])] });
        Assert.That(loader.State.ResumeSegments, Has.Count.EqualTo(2));
    }

    // As long as before, and under the same name.
    [Test]
    public async Task A_manifest_that_was_edited_is_refused_in_every_order([Values] ShuffleMode shuffle)
    {
        using LoaderRun run = LoaderRun.Of(20);
        LoaderOptions options = LoaderRun.Options with { Shuffle = shuffle };
        await using ClipLoader loader = await run.OpenAsync(options);
        await using ClipLoader same = await run.OpenAsync(options);
        File.WriteAllText(run.ManifestPath, File.ReadAllText(run.ManifestPath).Replace("\"id\":12,", "\"id\":21,", StringComparison.Ordinal));
        await using ClipLoader changed = await run.OpenAsync(options);

        Assert.That(() => same.Resume(loader.State), Throws.Nothing);
        Assert.That(() => changed.Resume(loader.State), Throws.InstanceOf<LoaderStateException>().With.Message.Contains("it has changed"));
    }

    [TestCase("\"rank\":2", "rank 2 of a world of 2")]
    [TestCase("\"rank\":-1", "rank -1")]
    [TestCase("\"batchSize\":0", "batch size")]
    [TestCase("\"consumed\":-4", "negative")]
    [TestCase("\"consumed\":9000000000000000000", "more than any epoch has")]
    [TestCase("\"consumedAhead\":[1]", "ahead")]
    [TestCase("\"consumedAhead\":[9000000000000000000]", "beyond any epoch's end")]
    [TestCase("\"consumedAhead\":[7,5]", "do not ascend")]
    [TestCase("\"consumedAhead\":[5,5]", "do not ascend")]
    [TestCase("\"faults\":1", "1 failures in 0 tries")]
    [TestCase("\"world\":2147483647", "world of 2147483647")]
    [TestCase("\"shuffleWindow\":-1", "negative")]
    [TestCase("\"failedLines\":[0]", "a line before the first")]
    [TestCase("\"resumeSegments\":[{\"world\":2,\"batchSize\":4,\"consumed\":[1],\"ahead\":[]}]", "segment")]
    [TestCase("\"resumeSegments\":[{\"world\":2,\"batchSize\":4,\"consumed\":[1,2],\"ahead\":[[3]]}]", "segment")]
    [TestCase("\"resumeSegments\":[null]", "segment")]
    [TestCase("\"resumeSegments\":[{\"world\":2,\"batchSize\":4,\"consumed\":[1,9000000000000000000],\"ahead\":[]}]", "a segment of more samples")]
    [TestCase("\"resumeSegments\":[{\"world\":2,\"batchSize\":4,\"consumed\":[1,900000000],\"ahead\":[]}]", "a segment of more samples")]
    [TestCase("\"resumeSegments\":null", "resumeSegments")]
    [TestCase("\"excludedLines\":[[3]]", "line")]
    public void A_state_that_cannot_be_true_is_refused_in_words(string part, string word)
    {
        JsonObject state = JsonNode.Parse(new LoaderState { World = 2, Rank = 1, BatchSize = 4, ConsumedCount = 3 }.ToJson())!.AsObject();
        Assert.That(() => LoaderState.Parse(state.ToJsonString()), Throws.Nothing);
        (string name, JsonNode? value) = JsonNode.Parse($"{{{part}}}")!.AsObject().Single();
        state[name] = value?.DeepClone();

        Assert.That(() => LoaderState.Parse(state.ToJsonString()), Throws.InstanceOf<FormatException>().With.Message.Contains(word));
        state.Remove(name);
        Assert.That(() => LoaderState.Parse(state.ToJsonString()), Throws.InstanceOf<FormatException>().With.Message.Contains(name));
    }

    [Test]
    public async Task More_batches_than_the_manifest_has_are_refused()
    {
        using LoaderRun run = LoaderRun.Of(20);
        await using ClipLoader loader = await run.OpenAsync(LoaderRun.Options with { RankInfo = new RankInfo(0, 2) });
        LoaderState state = loader.State;
        long batches = loader.BatchCount!.Value;

        Assert.That(() => loader.Resume(state with { ConsumedCount = batches }), Throws.Nothing);
        foreach (LoaderState wrong in new[]
        {
            state with { ConsumedCount = batches + 1 },
            state with { ConsumedAhead = [batches] },
            state with { ResumeSegments = [new ResumeSegment(1, 4, [6])] },
            state with { ResumeSegments = [new ResumeSegment(1, 4, [3])], ConsumedCount = 2 },
        })
        {
            Assert.That(() => loader.Resume(wrong), Throws.InstanceOf<LoaderStateException>().With.Message.Contains("more batches than there are"));
        }

        Assert.That(loader.State.ConsumedCount, Is.EqualTo(batches));
    }

    [Test]
    public async Task Batches_are_asked_for_one_at_a_time()
    {
        using LoaderRun run = LoaderRun.Of(20);
        var gate = new TaskCompletionSource();
        run.Clips.Before = (_, cancellation) => gate.Task.WaitAsync(cancellation);
        await using ClipLoader loader = await run.OpenAsync(LoaderRun.Options);
        IAsyncEnumerator<Batch> batches = loader.GetAsyncEnumerator();

        ValueTask<bool> first = batches.MoveNextAsync();
        await Assert.ThatAsync(async () => await batches.MoveNextAsync(), Throws.InvalidOperationException.With.Message.Contains("still awaited"));
        await Assert.ThatAsync(async () => await batches.DisposeAsync(), Throws.InvalidOperationException.With.Message.Contains("still awaited"));
        gate.SetResult();

        Assert.That(await first, Is.True);
        batches.Current.Dispose();
        Assert.That(await batches.MoveNextAsync(), Is.True);
        batches.Current.Dispose();
        await batches.DisposeAsync();
    }

    [Test]
    public async Task A_saved_state_is_whole_at_every_moment()
    {
        string folder = Directory.CreateTempSubdirectory("clipguard-state-").FullName;
        string path = Path.Combine(folder, "loader.json");
        try
        {
            LoaderState state = new() { BatchSize = 4, Manifest = new string('x', 100_000), ExcludedLines = [3, new ManifestLineReference(5, "b.jsonl")] };
            await state.SaveAsync(path);
            Task saving = Task.Run(async () =>
            {
                for (int i = 0; i < 100; i++)
                {
                    await (state with { ConsumedCount = i }).SaveAsync(path);
                }
            });
            while (!saving.IsCompleted)
            {
                Assert.That((await LoaderState.LoadAsync(path)).ExcludedLines, Is.EqualTo(state.ExcludedLines));
            }

            await saving;
            Assert.That((await LoaderState.LoadAsync(path)).ConsumedCount, Is.EqualTo(99));
            Assert.That(Directory.GetFiles(folder), Is.EqualTo(new[] { path }));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // A segment that ended with ranks far apart leaves positions in many windows, and the first batch after it reaches into all of them.
    [TestCase(ShuffleMode.Windowed, true)]
    [TestCase(ShuffleMode.Windowed, false)]
    [TestCase(ShuffleMode.None, true)]
    public async Task Ranks_far_apart_leave_nothing_behind_in_windows(ShuffleMode shuffle, bool dropLast)
    {
        using LoaderRun run = LoaderRun.Of(100);
        LoaderOptions options = LoaderRun.Options with { Shuffle = shuffle, ShuffleWindow = 3, BatchSize = 1, DropLast = dropLast };
        var seen = new List<long>();
        List<LoaderState> states = [];
        for (int rank = 0; rank < 8; rank++)
        {
            await using ClipLoader loader = await run.OpenAsync(options with { RankInfo = new RankInfo(rank, 8) });
            List<SeenBatch> read = await LoaderRun.ReadAsync(loader, rank == 0 ? 0 : 10);
            seen.AddRange(Lines(read));
            states.Add(loader.State);
        }

        await using ClipLoader last = await run.OpenAsync(options with { BatchSize = 8 });
        last.Resume(states);
        seen.AddRange(Lines(await LoaderRun.ReadAsync(last)));

        Assert.That(seen, Is.Unique);
        Assert.That(seen, Has.Count.EqualTo(dropLast ? 70 + 24 : 100));
    }

    private static IEnumerable<long> Lines(IEnumerable<SeenBatch> batches) =>
        batches.SelectMany(batch => batch.Samples).Where(sample => !sample.IsMasked).Select(sample => sample.Line);
}
