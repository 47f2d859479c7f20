using ClipGuard.Loading;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.Tests.Loading;

/// <summary>How a loop ends before its epoch does, and what is left over then.</summary>
[CancelAfter(60_000)]
internal sealed class LoaderEarlyEndTests
{
    [Test]
    public async Task Cancellation_at_any_time_ends_the_loop_and_every_decode_and_gives_all_memory_back()
    {
        using LoaderRun run = LoaderRun.Of(200);
        var memory = new CountingBatchMemory();
        var random = new Random(3);
        run.Clips.Before = async (_, cancellation) => await Task.Delay(Random.Shared.Next(3), cancellation);
        for (int attempt = 0; attempt < 40; attempt++)
        {
            using var cancellation = new CancellationTokenSource();
            await using ClipLoader loader = await run.OpenAsync(LoaderRun.Options with { Memory = memory, InOrder = attempt % 2 == 0 });
            int after = random.Next(1, 50);
            int batches = 0;

            async Task ReadAsync()
            {
                await foreach (Batch batch in loader.WithCancellation(cancellation.Token))
                {
                    batch.Dispose();
                    if (++batches == after)
                    {
                        await cancellation.CancelAsync();
                    }
                }
            }

            await Assert.ThatAsync(ReadAsync, Throws.InstanceOf<OperationCanceledException>());
            Assert.That(batches, Is.EqualTo(after));
            Assert.That((loader.Epoch, loader.State.ConsumedCount + loader.State.ConsumedAhead.Count), Is.EqualTo((0, (long)after)));
            Assert.That((run.Clips.Open, memory.Lent), Is.EqualTo((0, 0)));
        }
    }

    [Test]
    public async Task A_loop_that_throws_or_is_left_ends_every_decode_and_gives_all_memory_back()
    {
        using LoaderRun run = LoaderRun.Of(200);
        var memory = new CountingBatchMemory();
        await using ClipLoader loader = await run.OpenAsync(LoaderRun.Options with { Memory = memory });

        async Task ThrowAsync()
        {
            await foreach (Batch batch in loader)
            {
                using (batch)
                {
                    throw new NotFiniteNumberException();
                }
            }
        }

        await Assert.ThatAsync(ThrowAsync, Throws.InstanceOf<NotFiniteNumberException>());
        Assert.That((run.Clips.Open, memory.Lent), Is.EqualTo((0, 0)));
        await LoaderRun.ReadAsync(loader, 2);
        Assert.That((run.Clips.Open, memory.Lent), Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task A_decoder_that_fails_by_itself_ends_the_loop_with_its_error()
    {
        using LoaderRun run = LoaderRun.Of(40);
        int decodes = 0;
        run.Clips.Before = (_, _) => Interlocked.Increment(ref decodes) == 17 ? throw new HelperUnavailableException("no helper") : Task.CompletedTask;

        await Assert.ThatAsync(() => run.ReadAsync(LoaderRun.Options), Throws.InstanceOf<HelperUnavailableException>().With.Message.EqualTo("no helper"));
        Assert.That(run.Clips.Open, Is.Zero);
    }

    [Test]
    public async Task A_disposed_loader_ends_the_loop_that_reads_from_it([Values] bool isWaiting)
    {
        using LoaderRun run = LoaderRun.Of(200);
        var memory = new CountingBatchMemory();
        run.Clips.Before = (path, cancellation) => isWaiting && run.Clips.Asked.Count > 30 ? Task.Delay(Timeout.Infinite, cancellation) : Task.CompletedTask;
        ClipLoader loader = await run.OpenAsync(LoaderRun.Options with { Memory = memory, Shuffle = ShuffleMode.None });
        IAsyncEnumerator<Batch> batches = loader.GetAsyncEnumerator();
        await batches.MoveNextAsync();
        batches.Current.Dispose();
        Task? pending = null;
        if (isWaiting)
        {
            while (true)
            {
                Task<bool> next = batches.MoveNextAsync().AsTask();
                while (!next.IsCompleted && run.Clips.Asked.Count <= 30)
                {
                    await Task.Delay(10);
                }

                // From here on decodes wait for ever: a batch that is not there once nothing moves never comes.
                if (!next.IsCompleted)
                {
                    await StableCount.OfAsync(() => run.Clips.Asked.Count, 30);
                }

                if (!next.IsCompleted)
                {
                    pending = next;
                    break;
                }

                await next;
                batches.Current.Dispose();
            }
        }

        // The enumerator is abandoned: nobody disposes it.
        await loader.DisposeAsync();

        Assert.That((run.Clips.Open, memory.Lent), Is.EqualTo((0, 0)));
        await Assert.ThatAsync(() => pending ?? batches.MoveNextAsync().AsTask(), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => LoaderRun.ReadAsync(loader).GetAwaiter().GetResult(), Throws.InstanceOf<ObjectDisposedException>());
        await loader.DisposeAsync();
    }
}
