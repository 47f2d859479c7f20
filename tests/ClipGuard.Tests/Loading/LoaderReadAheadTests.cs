using ClipGuard.Loading;

using NUnit.Framework;

namespace ClipGuard.Tests.Loading;

/// <summary>Clips of samples that are to come are announced before there is room for them in a batch, and given back whatever becomes of them.</summary>
[CancelAfter(60_000)]
internal sealed class LoaderReadAheadTests
{
    private const int Rows = 40;

    [Test]
    public async Task Every_clip_is_announced_once_before_its_decode_and_given_back([Values] ShuffleMode shuffle, [Values] bool bySize)
    {
        using LoaderRun run = LoaderRun.Of(Rows);
        var size = new BatchBySizeOptions(SampleSize.ByField("duration"), 20);
        LoaderOptions options = LoaderRun.Options with { Shuffle = shuffle, BatchBySize = bySize ? size : null };
        List<SeenBatch> unannounced = await run.ReadAsync(options);
        run.Clips.Asked.Clear();
        run.Clips.ReadsAhead = 16;
        int tooLate = 0;
        run.Clips.Before = async (path, _) =>
        {
            await Task.Yield();
            Interlocked.Add(ref tooLate, run.Clips.Announced.Contains(path) ? 0 : 1);
        };

        List<SeenBatch> announced = await run.ReadAsync(options);

        Assert.That(announced.Select(batch => batch.Content), Is.EqualTo(unannounced.Select(batch => batch.Content)), "the same batches");
        Assert.That(run.Clips.Announced.Order(), Is.EqualTo(run.Clips.Asked.Order()));
        Assert.That((run.Clips.Announced.Count, run.Clips.Ahead, tooLate), Is.EqualTo((Rows, 0, 0)));
    }

    [Test]
    public async Task Samples_are_announced_while_those_before_them_are_held_up()
    {
        using LoaderRun run = LoaderRun.Of(Rows);
        run.Clips.ReadsAhead = 16;
        var goOn = new TaskCompletionSource();
        run.Clips.Before = (_, _) => goOn.Task;
        await using ClipLoader loader = await run.OpenAsync(LoaderRun.Options);
        IAsyncEnumerator<Batch> batches = loader.GetAsyncEnumerator();
        Task<bool> first = batches.MoveNextAsync().AsTask();

        Assert.That(() => run.Clips.Announced.Count, Is.GreaterThanOrEqualTo(16).After(10_000, 5));
        Assert.That(run.Clips.Announced, Has.Count.LessThan(Rows), "no more than are looked at ahead");
        goOn.SetResult();
        Assert.That(await first, Is.True);
        batches.Current.Dispose();
        await batches.DisposeAsync();

        Assert.That(run.Clips.Ahead, Is.Zero, "what was announced and not decoded is given back");
    }
}
