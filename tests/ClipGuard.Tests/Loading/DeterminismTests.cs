using ClipGuard.Loading;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.Tests.Loading;

[CancelAfter(60_000)]
internal sealed class DeterminismTests
{
    [TestCase(0)]
    [TestCase(3)]
    public async Task Batches_are_the_same_whatever_the_number_of_workers_and_the_order_in_which_decodes_end(int badEvery)
    {
        using LoaderRun run = LoaderRun.Of(101, badEvery);
        run.Clips.Before = async (_, cancellation) => await Task.Delay(Random.Shared.Next(4), cancellation);

        List<string[]> runs = [];
        foreach (int workers in new[] { 1, 2, 8, 8 })
        {
            List<SeenBatch> batches = await run.ReadAsync(LoaderRun.Options with { Supervision = new SupervisorOptions { Workers = workers } });
            runs.Add([.. batches.Select(batch => batch.Content)]);
        }

        Assert.That(runs[0], Has.Length.EqualTo(26));
        Assert.That(runs.Skip(1), Is.All.EqualTo(runs[0]));
    }

    [Test]
    public async Task Without_order_the_same_batches_come_each_once()
    {
        using LoaderRun run = LoaderRun.Of(101, badEvery: 4);
        run.Clips.Before = async (_, cancellation) => await Task.Delay(Random.Shared.Next(6), cancellation);

        List<SeenBatch> inOrder = await run.ReadAsync(LoaderRun.Options);
        List<SeenBatch> anyOrder = await run.ReadAsync(LoaderRun.Options with { InOrder = false });

        Assert.That(inOrder.Select(batch => batch.Number), Is.EqualTo(Enumerable.Range(0, 26)));
        Assert.That(anyOrder.OrderBy(batch => batch.Number).Select(batch => batch.Content), Is.EqualTo(inOrder.Select(batch => batch.Content)));
    }

    [Test]
    public async Task Epochs_differ_and_each_has_every_row_once()
    {
        using LoaderRun run = LoaderRun.Of(50);
        await using ClipLoader loader = await run.OpenAsync(LoaderRun.Options);

        List<long[]> epochs = [];
        for (int epoch = 0; epoch < 3; epoch++)
        {
            Assert.That(loader.Epoch, Is.EqualTo(epoch));
            epochs.Add(
                [.. (await LoaderRun.ReadAsync(loader)).SelectMany(batch => batch.Samples).Where(sample => !sample.IsMasked).Select(sample => sample.Line)]);
        }

        Assert.That(epochs.Select(lines => lines.Order()), Is.All.EqualTo(Enumerable.Range(1, 50)));
        Assert.That(epochs[0], Is.Not.EqualTo(epochs[1]).And.Not.EqualTo(epochs[2]).And.Not.Ordered);
    }

    [TestCase(ShuffleMode.None, 50, true)]
    [TestCase(ShuffleMode.Windowed, 10, false)]
    [TestCase(ShuffleMode.Windowed, 1000, false)]
    public async Task Other_orders_have_every_row_once_too(ShuffleMode shuffle, int window, bool isOrdered)
    {
        using LoaderRun run = LoaderRun.Of(50);

        List<SeenBatch> batches = await run.ReadAsync(LoaderRun.Options with { Shuffle = shuffle, ShuffleWindow = window });
        long[] lines = [.. batches.SelectMany(batch => batch.Samples).Where(sample => !sample.IsMasked).Select(sample => sample.Line)];

        Assert.That(lines.Order(), Is.EqualTo(Enumerable.Range(1, 50)));
        Assert.That(lines.SequenceEqual(lines.Order()), Is.EqualTo(isOrdered));
        Assert.That(lines.Select((line, i) => Math.Abs((line - 1) / window - (i / window))), Is.All.Zero);
    }

    [Test]
    public async Task Buckets_bring_like_sizes_together_and_lose_nothing()
    {
        using LoaderRun run = LoaderRun.Of(280);

        List<SeenBatch> batches = await run.ReadAsync(LoaderRun.Options with { Buckets = BucketOptions.ByField("duration") with { WindowBatches = 70 } });
        long[] lines = [.. batches.SelectMany(batch => batch.Samples).Select(sample => sample.Line)];

        Assert.That(lines.Order(), Is.EqualTo(Enumerable.Range(1, 280)));
        Assert.That(batches.Select(batch => batch.Samples.Select(sample => (sample.Line - 1) % 7).Distinct().Count()), Is.All.EqualTo(1));
    }
}
