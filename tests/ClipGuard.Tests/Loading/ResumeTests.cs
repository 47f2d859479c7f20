using ClipGuard.Loading;

using NUnit.Framework;

namespace ClipGuard.Tests.Loading;

[CancelAfter(120_000)]
internal sealed class ResumeTests
{
    [TestCase(ShuffleMode.Full, true)]
    [TestCase(ShuffleMode.Windowed, true)]
    [TestCase(ShuffleMode.None, true)]
    [TestCase(ShuffleMode.Full, false)]
    public async Task A_run_resumed_at_any_batch_yields_exactly_the_rest(ShuffleMode shuffle, bool inOrder)
    {
        using LoaderRun run = LoaderRun.Of(43, badEvery: 5);
        LoaderOptions options = LoaderRun.Options with { Shuffle = shuffle, ShuffleWindow = 9, InOrder = inOrder };

        await ResumedLoaderRuns.AssertGoOnAnywhereAsync(run, options);
    }

    [Test]
    public async Task A_loop_that_was_left_goes_on_where_it_was()
    {
        using LoaderRun run = LoaderRun.Of(43);
        List<SeenBatch> whole = await run.ReadAsync(LoaderRun.Options);
        await using ClipLoader loader = await run.OpenAsync(LoaderRun.Options);

        List<SeenBatch> parts = [.. await LoaderRun.ReadAsync(loader, 3), .. await LoaderRun.ReadAsync(loader, 1), .. await LoaderRun.ReadAsync(loader)];

        Assert.That(parts.Select(batch => batch.Content), Is.EqualTo(whole.Select(batch => batch.Content)));
    }

    [TestCase(4, 2, 1, true)]
    [TestCase(1, 4, 3, true)]
    [TestCase(3, 8, 2, true)]
    [TestCase(4, 2, 1, false)]
    [TestCase(3, 5, 2, false)]
    public async Task Another_world_consumes_what_is_left_each_once(int worldBefore, int worldAfter, int worldLast, bool inStep)
    {
        using LoaderRun run = LoaderRun.Of(97);
        LoaderOptions[] worlds =
        [
            .. new[] { worldBefore, worldAfter, worldLast }.Select(world => LoaderRun.Options with { RankInfo = new RankInfo(0, world), BatchSize = 3 }),
        ];

        IReadOnlyList<SeenBatch> batches = await ResumedLoaderRuns.ReadInTurnAsync(run, worlds, inStep);

        Assert.That(ResumedLoaderRuns.LinesOf(batches).Order(), Is.EqualTo(Enumerable.Range(1, 97)));
    }

    [Test]
    public async Task Another_world_meets_each_bad_clip_once_and_each_good_one_at_its_own_place_once([Values] bool hasBuckets)
    {
        using LoaderRun run = LoaderRun.Of(97, badEvery: 4);
        LoaderOptions options = LoaderRun.Options with
        {
            BatchSize = 3,
            MaxSubstitutes = 30,
            Buckets = hasBuckets ? BucketOptions.ByField("duration") with { WindowBatches = 3 } : null,
        };
        LoaderOptions[] worlds = [.. new[] { 3, 5, 2 }.Select(world => options with { RankInfo = new RankInfo(0, world) })];

        IReadOnlyList<SeenBatch> batches = await ResumedLoaderRuns.ReadInTurnAsync(run, worlds, inStep: false);

        SampleFault[] own = [.. batches.SelectMany(batch => batch.Faults).Where(fault => fault.SubstituteNumber == 0)];
        BatchSample[] real = [.. batches.SelectMany(batch => batch.Samples).Where(sample => !sample.IsMasked)];
        Assert.That(own.Select(fault => fault.Line).Order(), Is.EqualTo(Enumerable.Range(1, 97).Where(line => line % 4 == 0)));
        Assert.That(
            real.Where(sample => !sample.IsSubstitute).Select(sample => sample.Line).Order(), Is.EqualTo(Enumerable.Range(1, 97).Where(line => line % 4 != 0)));
        Assert.That(
            real.Where(sample => sample.IsSubstitute).Select(sample => sample.Position).Order(), Is.EqualTo(own.Select(fault => fault.Position).Order()));
    }

    [Test]
    public async Task Buckets_resume_exactly_at_any_batch()
    {
        using LoaderRun run = LoaderRun.Of(61, badEvery: 9);
        LoaderOptions options = LoaderRun.Options with
        {
            Buckets = BucketOptions.ByField("duration") with { WindowBatches = 3 },
            RankInfo = new RankInfo(1, 2),
        };
        List<SeenBatch> whole = await run.ReadAsync(options);
        for (int taken = 0; taken <= whole.Count; taken++)
        {
            await using ClipLoader loader = await run.OpenAsync(options);
            loader.Resume(taken == 0 ? loader.State : whole[taken - 1].State);

            Assert.That(
                (await LoaderRun.ReadAsync(loader)).Select(batch => batch.Content),
                Is.EqualTo(whole.Skip(taken).Select(batch => batch.Content)),
                $"after {taken}");
        }
    }

    [Test]
    public async Task Buckets_resume_elastically()
    {
        using LoaderRun run = LoaderRun.Of(97);
        LoaderOptions options = LoaderRun.Options with { Buckets = BucketOptions.ByField("duration") with { WindowBatches = 3 } };
        var seen = new List<long>();
        LoaderState? state = null;
        foreach ((int world, int batches) in new[] { (2, 3), (3, 1), (1, int.MaxValue) })
        {
            LoaderState? next = null;
            for (int rank = 0; rank < world; rank++)
            {
                await using ClipLoader loader = await run.OpenAsync(options with { RankInfo = new RankInfo(rank, world) });
                loader.Resume(state is null ? [loader.State] : [state]);
                List<SeenBatch> read = await LoaderRun.ReadAsync(loader, batches);
                seen.AddRange(ResumedLoaderRuns.LinesOf(read));
                next = read[^1].State;
            }

            state = next;
        }

        Assert.That(seen.Order(), Is.EqualTo(Enumerable.Range(1, 97)));
    }

    [Test]
    public async Task A_state_of_another_manifest_or_other_settings_is_refused()
    {
        using LoaderRun run = LoaderRun.Of(20);
        await using ClipLoader loader = await run.OpenAsync(LoaderRun.Options);
        LoaderState state = loader.State;

        Assert.That(() => loader.Resume(state with { Manifest = "other" }), Throws.InstanceOf<LoaderStateException>().With.Message.Contains("manifest"));
        Assert.That(
            () => loader.Resume(state with { Seed = 8 }), Throws.InstanceOf<LoaderStateException>().With.Message.Contains("seed is 8, the loader's is 7"));
        Assert.That(() => loader.Resume(state with { Shuffle = ShuffleMode.None }), Throws.InstanceOf<LoaderStateException>().With.Message.Contains("shuffle"));
        Assert.That(() => loader.Resume([]), Throws.InstanceOf<LoaderStateException>());
        Assert.That(
            () => loader.Resume(state with { World = 3 }, state with { World = 3, Rank = 1 }),
            Throws.InstanceOf<LoaderStateException>().With.Message.Contains("3 ranks"));
        Assert.That(() => loader.Resume(state with { World = 2 }, state with { World = 2, Rank = 1, Epoch = 1 }), Throws.InstanceOf<LoaderStateException>());
    }

    [TestCase("")]
    [TestCase("{}extra")]
    [TestCase("""{"version":1}""")]
    [TestCase("""{"version":3}""")]
    [TestCase("""{"version":2,"surprise":5}""")]
    [TestCase("null")]
    public void What_is_no_state_is_refused(string json)
    {
        Assert.That(() => LoaderState.Parse(json), Throws.InstanceOf<FormatException>());
    }

    [Test]
    public async Task A_changed_manifest_is_a_clear_error()
    {
        using LoaderRun run = LoaderRun.Of(20);
        LoaderState state;
        await using (ClipLoader loader = await run.OpenAsync(LoaderRun.Options))
        {
            state = loader.State;
        }

        File.AppendAllText(run.ManifestPath, """{"audio":"/ok/99/1"}""");
        await using ClipLoader changed = await run.OpenAsync(LoaderRun.Options);

        Assert.That(() => changed.Resume(state), Throws.InstanceOf<LoaderStateException>().With.Message.Contains("it has changed"));
    }
}
