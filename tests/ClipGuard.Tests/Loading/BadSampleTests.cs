using ClipGuard.Loading;
using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Runs;

using NUnit.Framework;

namespace ClipGuard.Tests.Loading;

[CancelAfter(120_000)]
internal sealed class BadSampleTests
{
    [Test]
    public async Task Ranks_yield_equal_numbers_of_batches_and_lose_no_sample([Range(1, 8)] int world, [Values(0, 10, 4, 2)] int badEvery)
    {
        using LoaderRun run = LoaderRun.Of(83, badEvery);
        List<List<SeenBatch>> ranks = [];
        for (int rank = 0; rank < world; rank++)
        {
            ranks.Add(await run.ReadAsync(LoaderRun.Options with { RankInfo = new RankInfo(rank, world), MaxSubstitutes = 30 }));
        }

        BatchSample[] samples = [.. ranks.SelectMany(batches => batches).SelectMany(batch => batch.Samples)];
        BatchSample[] own = [.. samples.Where(sample => !sample.IsMasked && !sample.IsSubstitute)];
        BatchSample[] substitutes = [.. samples.Where(sample => sample.IsSubstitute)];
        int bad = run.Rows.Count(row => row.StartsWith("/bad", StringComparison.Ordinal));

        Assert.That(ranks.Select(batches => batches.Count), Is.All.EqualTo((83 + (4 * world) - 1) / (4 * world)));
        Assert.That(
            own.Select(sample => sample.Line).Order(),
            Is.EqualTo(Enumerable.Range(1, 83).Where(line => !run.Rows[line - 1].StartsWith("/bad", StringComparison.Ordinal))));
        Assert.That(substitutes, Has.Length.EqualTo(bad));
        Assert.That(samples.Where(sample => sample.Position >= 0).Select(sample => sample.Position).Order(), Is.EqualTo(Enumerable.Range(0, 83)));
        Assert.That(samples.Count(sample => sample.IsMasked), Is.EqualTo((ranks[0].Count * 4 * world) - 83));
    }

    [Test]
    public async Task Skip_makes_a_batch_smaller_and_leaves_out_an_empty_one()
    {
        using var run = new LoaderRun(["/ok/0/3", "/bad/1", "/ok/2/3", "", "/bad/4", "/bad/5", "/bad/6", "/bad/7", "/ok/8/2"]);

        List<SeenBatch> batches = await run.ReadAsync(LoaderRun.Options with { OnBadSample = BadSamplePolicy.Skip, Shuffle = ShuffleMode.None });
        await using ClipLoader loader = await run.OpenAsync(LoaderRun.Options with { OnBadSample = BadSamplePolicy.Skip, Shuffle = ShuffleMode.None });
        float[] first = await FirstTensorAsync(loader);

        Assert.That(batches.Select(batch => batch.Number), Is.EqualTo(new[] { 0, 2 }));
        Assert.That(batches[0].Samples.Select(sample => sample.Line), Is.EqualTo(new[] { 1, 3 }));
        Assert.That(batches[0].Faults.Select(fault => (fault.Line, fault.Kind)), Is.EqualTo(new[] { (2, (FaultKind?)FaultKind.Corrupt), (4, null) }));
        Assert.That(first, Is.EqualTo(new[] { 0f, 0.001f, 0.002f, 2f, 2.001f, 2.002f }));
    }

    [Test]
    public async Task Mask_leaves_zeros_and_a_flag()
    {
        using var run = new LoaderRun(["/ok/1/2", "/bad/1", "", "/ok/2/3"]);
        await using ClipLoader loader = await run.OpenAsync(LoaderRun.Options with { OnBadSample = BadSamplePolicy.Mask, Shuffle = ShuffleMode.None });

        await foreach (Batch batch in loader)
        {
            using (batch)
            {
                Assert.That(batch.Mask, Is.EqualTo(new[] { true, false, false, true }));
                Assert.That(Dense(batch["audio"]), Is.EqualTo(new[] { 1f, 1.001f, 0, 0, 0, 0, 0, 0, 0, 2f, 2.001f, 2.002f }));
                Assert.That(batch["audio"].Lengths, Is.EqualTo(new[] { 2, 0, 0, 3 }));
                Assert.That(batch.Samples.Select(sample => sample.Line), Is.EqualTo(new[] { 1, 2, 3, 4 }));
            }
        }
    }

    [Test]
    public async Task Throw_ends_the_run_when_the_bad_samples_batch_has_its_turn()
    {
        using var run = new LoaderRun(["/ok/1/2", "/ok/1/2", "/ok/1/2", "/ok/1/2", "/bad/5", "/ok/1/2"]);
        await using ClipLoader loader = await run.OpenAsync(LoaderRun.Options with { OnBadSample = BadSamplePolicy.Throw, Shuffle = ShuffleMode.None });
        int batches = 0;

        async Task ReadAsync()
        {
            await foreach (Batch batch in loader)
            {
                batch.Dispose();
                batches++;
            }
        }

        await Assert.ThatAsync(ReadAsync, Throws.InstanceOf<BadSampleException>().With.Message.Contains("line 5"));
        Assert.That(batches, Is.EqualTo(1));
    }

    [TestCase(2, 1, 0.4, 10, 0)]
    [TestCase(2, null, 0.4, 10, 2)]
    [TestCase(2, null, 0.6, 10, 13)]
    [TestCase(0, 0, 0.0, 1, 13)]
    [TestCase(2, null, 0.4, 1000, 13)]
    public async Task The_failure_budget_ends_a_run_with_the_faults_named(int badEvery, int? maxFaults, double maxRate, int probation, int batchesBefore)
    {
        using LoaderRun run = LoaderRun.Of(50, badEvery);
        LoaderOptions options = LoaderRun.Options with
        {
            OnBadSample = BadSamplePolicy.Mask,
            Shuffle = ShuffleMode.None,
            Budget = new FailureBudget { MaxFaults = maxFaults, MaxRate = maxRate, Probation = probation },
        };
        await using ClipLoader loader = await run.OpenAsync(options);
        int batches = 0;
        Exception? end = null;
        try
        {
            await foreach (Batch batch in loader)
            {
                batch.Dispose();
                batches++;
            }
        }
        catch (BadSampleException error)
        {
            end = error;
        }

        Assert.That(batches, Is.EqualTo(batchesBefore));
        Assert.That(end?.Message ?? "line allows It is damaged", Does.Contain("line").And.Contain("allows").And.Contain("It is damaged"));
        Assert.That(end is null, Is.EqualTo(batchesBefore == 13));
    }

    [Test]
    public async Task A_manifest_of_bad_clips_alone_ends_with_masked_samples_or_with_the_budget()
    {
        using LoaderRun run = LoaderRun.Of(20, badEvery: 1);

        List<SeenBatch> batches = await run.ReadAsync(LoaderRun.Options);

        Assert.That(batches.SelectMany(batch => batch.Samples).Select(sample => sample.IsMasked), Is.All.True);
        Assert.That(batches.Sum(batch => batch.Faults.Count), Is.EqualTo(20 * 9));
        await Assert.ThatAsync(() => run.ReadAsync(LoaderRun.Options with { Budget = new FailureBudget() }), Throws.InstanceOf<BadSampleException>());
    }

    [Test]
    public async Task A_substitute_is_decoded_during_the_second_attempt_and_used_only_where_that_fails()
    {
        using var run = new LoaderRun(["/hang/0", "/ok/1/3", "/ok/2/3", "/slow/3/3"]);
        var secondTry = new TaskCompletionSource();
        run.Clips.Before = async (path, cancellation) =>
        {
            // The second try of the hanging clip ends only after a substitute was asked for.
            if (path == "/hang/0/again")
            {
                await secondTry.Task.WaitAsync(cancellation);
            }
            else if (run.Clips.Asked.Count > 4)
            {
                secondTry.TrySetResult();
            }
        };

        List<SeenBatch> batches = await run.ReadAsync(LoaderRun.Options with { Shuffle = ShuffleMode.None, Supervision = new() { Workers = 4 } });

        BatchSample[] samples = [.. batches.Single().Samples];
        Assert.That(samples.Select(sample => sample.IsSubstitute), Is.EqualTo(new[] { true, false, false, false }));
        Assert.That(samples[3].Line, Is.EqualTo(4));
        Assert.That(batches.Single().Faults.Where(fault => fault.SubstituteNumber == 0).Select(fault => fault.Kind),
            Is.EqualTo(new FaultKind?[] { FaultKind.Stalled }));
    }

    [Test]
    public async Task What_failed_is_excluded_from_the_next_epoch_where_that_is_asked_for()
    {
        using LoaderRun run = LoaderRun.Of(30, badEvery: 3);
        await using ClipLoader loader = await run.OpenAsync(LoaderRun.Options with { ExcludeFailed = true, OnBadSample = BadSamplePolicy.Mask });

        List<SeenBatch> first = await LoaderRun.ReadAsync(loader);
        List<SeenBatch> second = await LoaderRun.ReadAsync(loader);

        Assert.That(first.Sum(batch => batch.Faults.Count), Is.EqualTo(10));
        Assert.That(second.Sum(batch => batch.Faults.Count), Is.Zero);
        Assert.That(second.SelectMany(batch => batch.Samples).Count(sample => !sample.IsMasked), Is.EqualTo(20));
        Assert.That(second[0].State.ExcludedLines, Is.EqualTo(Enumerable.Range(1, 10).Select(i => new ManifestLineReference(3 * i))));
    }

    [Test]
    public async Task A_sample_with_more_clips_than_fit_is_a_bad_one_that_says_what_to_set()
    {
        using LoaderRun run = LoaderRun.Of(4);
        File.AppendAllText(run.ManifestPath, """{"audios":["/ok/1/2","/ok/2/3"],"images":["/ok/1"]}""");
        LoaderOptions options = LoaderRun.Options with { Shuffle = ShuffleMode.None, BatchSize = 5, OnBadSample = BadSamplePolicy.Mask };

        SeenBatch batch = (await run.ReadAsync(options)).Single();

        Assert.That(batch.Samples.Select(sample => sample.IsMasked), Is.EqualTo(new[] { false, false, false, false, true }));
        Assert.That(batch.Faults.Single().Message, Does.StartWith("The sample has 2 audio clips, more than LoaderOptions.ClipsPerSample = 1"));
        Assert.That(batch.Faults.Single().Line, Is.EqualTo(5));
        await Assert.ThatAsync(() => run.ReadAsync(options with { OnBadSample = BadSamplePolicy.Throw }), Throws.InstanceOf<BadSampleException>());
        Assert.That((await run.ReadAsync(options with { ClipsPerSample = 2 })).Single().Faults, Is.Empty);
    }

    private static async Task<float[]> FirstTensorAsync(ClipLoader loader)
    {
        await foreach (Batch batch in loader)
        {
            using (batch)
            {
                return Dense(batch["audio"]);
            }
        }

        return [];
    }

    private static float[] Dense(BatchTensor tensor)
    {
        float[] dense = new float[tensor.AsTensorSpan<float>().FlattenedLength];
        tensor.AsTensorSpan<float>().FlattenTo(dense);
        return dense;
    }
}
