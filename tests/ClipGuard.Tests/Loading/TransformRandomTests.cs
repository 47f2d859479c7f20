using System.Collections.Concurrent;

using ClipGuard.Loading;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.Tests.Loading;

/// <summary>What the random numbers of a transform hook follow from, and what they do not.</summary>
[CancelAfter(120_000)]
internal sealed class TransformRandomTests
{
    [Test]
    public async Task They_are_the_same_whatever_the_number_of_workers_the_order_of_decodes_and_the_ranks()
    {
        using LoaderRun run = LoaderRun.Of(41, badEvery: 5);
        run.Clips.Before = async (_, cancellation) => await Task.Delay(Random.Shared.Next(4), cancellation);

        var plain = await DrawnAsync(run, LoaderRun.Options with { Supervision = new SupervisorOptions { Workers = 1 } });
        var many = await DrawnAsync(run, LoaderRun.Options with { Supervision = new SupervisorOptions { Workers = 8 } });
        var unordered = await DrawnAsync(run, LoaderRun.Options with { InOrder = false, BatchSize = 3 });
        var ranks = new Dictionary<(long, int), long>();
        for (int rank = 0; rank < 3; rank++)
        {
            foreach ((var place, long number) in await DrawnAsync(run, LoaderRun.Options with { RankInfo = new RankInfo(rank, 3) }))
            {
                ranks.Add(place, number);
            }
        }

        Assert.That(plain, Has.Count.EqualTo(41));
        Assert.That(plain.Values, Is.Unique);
        Assert.That(many, Is.EquivalentTo(plain));
        Assert.That(unordered, Is.EquivalentTo(plain));
        Assert.That(ranks, Is.EquivalentTo(plain));
    }

    [Test]
    public async Task A_run_that_goes_on_has_those_of_one_that_did_not_stop_and_another_number_of_ranks_has_too()
    {
        using LoaderRun run = LoaderRun.Of(41, badEvery: 5);
        var whole = await DrawnAsync(run, LoaderRun.Options);
        List<SeenBatch> all = await run.ReadAsync(LoaderRun.Options);

        var rest = await DrawnAsync(run, LoaderRun.Options, all[3].State);
        var restOfRanks = new Dictionary<(long, int), long>();
        for (int rank = 0; rank < 2; rank++)
        {
            foreach ((var place, long number) in await DrawnAsync(run, LoaderRun.Options with { RankInfo = new RankInfo(rank, 2) }, all[3].State))
            {
                restOfRanks.Add(place, number);
            }
        }

        Assert.That(rest, Has.Count.EqualTo(25));
        Assert.That(rest, Is.SubsetOf(whole));
        Assert.That(restOfRanks, Is.EquivalentTo(rest));
    }

    [Test]
    public async Task Epochs_seeds_and_substitutes_have_their_own()
    {
        using LoaderRun run = LoaderRun.Of(12);
        var first = new ConcurrentDictionary<(int Epoch, long Position, int Substitute), long>();
        LoaderOptions options = LoaderRun.Options with
        {
            Transform = context =>
            {
                first[(context.Epoch, context.BatchSample.Position, context.BatchSample.SubstituteNumber)] = context.Random.NextInt64();
                if (context.BatchSample.SubstituteNumber == 0)
                {
                    context.Drop("its substitute is wanted");
                }
            },
        };
        await using (ClipLoader loader = await run.OpenAsync(options))
        {
            await LoaderRun.ReadAsync(loader);
            await LoaderRun.ReadAsync(loader);
        }

        long[] before = [.. first.Values];
        await run.ReadAsync(options with { Seed = 8 });

        Assert.That(before, Has.Length.EqualTo(2 * 12 * 2).And.Unique);
        Assert.That(first.Values.Intersect(before).Count(), Is.EqualTo(24), "only the first epoch was read with another seed");
    }

    private static async Task<IReadOnlyDictionary<(long Position, int Substitute), long>> DrawnAsync(
        LoaderRun run, LoaderOptions options, LoaderState? resumed = null)
    {
        var drawn = new Dictionary<(long, int), long>();
        await using ClipLoader loader = await run.OpenAsync(options with
        {
            // What the hook draws is written into the clip, so that what is compared is what comes out in the batch.
            Transform = static context => context.Clips[0].Replace<float>([1, 1])[0, 0] = context.Random.Next(1 << 24),
        });
        if (resumed is not null)
        {
            loader.Resume(resumed);
        }

        await foreach (Batch batch in loader)
        {
            using (batch)
            {
                for (int slot = 0; slot < batch.Samples.Count; slot++)
                {
                    BatchSample sample = batch.Samples[slot];
                    if (!sample.IsMasked)
                    {
                        drawn.Add((sample.Position, sample.SubstituteNumber), (long)batch["audio"].AsTensorSpan<float>()[slot, 0, 0]);
                    }
                }
            }
        }

        return drawn;
    }
}
