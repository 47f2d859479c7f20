using ClipGuard.Loading;

using NUnit.Framework;

namespace ClipGuard.Tests.Loading;

/// <summary>The loader with a consumer that does nothing, and the checksums of what it delivers.</summary>
[CancelAfter(60_000)]
internal sealed class LoaderBenchTests
{
    [Test]
    public async Task Every_epoch_is_reported_as_it_ends_behind_the_checksums_of_its_batches()
    {
        using LoaderRun run = LoaderRun.Of(40, badEvery: 4);
        await using ClipLoader loader = await run.OpenAsync(LoaderRun.Options with { OnBadSample = BadSamplePolicy.Mask });
        var told = new List<string>();

        IReadOnlyList<BenchReport> reports = await LoaderBench.RunAsync(
            loader, 2, checksum => told.Add($"{checksum.Epoch}:{checksum.Batch}"), report => told.Add($"epoch {report.Epoch.Epoch}"));

        string[] Epoch(int epoch) => [.. Enumerable.Range(0, 10).Select(batch => $"{epoch}:{batch}"), $"epoch {epoch}"];
        Assert.That(told, Is.EqualTo(Epoch(0).Concat(Epoch(1))));
        foreach (BenchReport report in reports)
        {
            Assert.That((report.Epoch.SampleCount, report.Epoch.ClipCount, report.Epoch.MaskedCount), Is.EqualTo((30L, 30L, 10L)));
            Assert.That(report.FirstBatch, Is.GreaterThan(TimeSpan.Zero).And.LessThanOrEqualTo(report.Epoch.Elapsed));
            Assert.That(report.SamplesPerSecond, Is.EqualTo(30 / report.Epoch.Elapsed.TotalSeconds));
            Assert.That(report.MegabytesPerSecond * report.Epoch.Elapsed.TotalSeconds * 1e6, Is.EqualTo(report.Epoch.Bytes).Within(1));
        }
    }

    [Test]
    public async Task An_epoch_without_batches_has_no_first_one()
    {
        using LoaderRun run = LoaderRun.Of(0);
        await using ClipLoader loader = await run.OpenAsync(LoaderRun.Options);

        BenchReport report = (await LoaderBench.RunAsync(loader, 1)).Single();

        Assert.That((report.FirstBatch, report.Epoch.BatchCount, report.SamplesPerSecond), Is.EqualTo(((TimeSpan?)null, 0L, 0d)));
    }

    [Test]
    public async Task Checksums_are_the_same_whatever_the_workers_and_others_for_every_thing_that_a_batch_delivers()
    {
        using LoaderRun run = LoaderRun.Of(20, badEvery: 7);
        string[] one = await ChecksumsAsync(run, LoaderRun.Options with { Supervision = new() { Workers = 1 } });
        Assert.That(one, Has.Length.EqualTo(5).And.Unique);
        Assert.That(await ChecksumsAsync(run, LoaderRun.Options with { Supervision = new() { Workers = 3 } }), Is.EqualTo(one));

        // Lines, masks, elements, and the names, types and shapes of tensors.
        LoaderOptions[] others =
        [
            LoaderRun.Options with { Seed = 8 },
            LoaderRun.Options with { OnBadSample = BadSamplePolicy.Mask },
            LoaderRun.Options with { Transform = static context => context.Clips[0].AsSpan<float>()[0] += 1 },
            LoaderRun.Options with { Collate = static batch => batch.Add<int>("a", 4) },
            LoaderRun.Options with { Collate = static batch => batch.Add<int>("b", 4) },
            LoaderRun.Options with { Collate = static batch => batch.Add<int>("b", 2, 2) },
            LoaderRun.Options with { Collate = static batch => batch.Add<long>("b", 2, 2) },
        ];
        var all = new List<string> { string.Join(' ', one) };
        foreach (LoaderOptions options in others)
        {
            all.Add(string.Join(' ', await ChecksumsAsync(run, options)));
        }

        Assert.That(all, Is.Unique);
    }

    [Test]
    public async Task Where_a_batch_lies_in_memory_does_not_count()
    {
        // Behind long clips short ones lie in runs as long as those; alone they lie close together.
        using var run = new LoaderRun([.. Enumerable.Range(0, 4).Select(i => $"/ok/{i}/100"), .. Enumerable.Range(4, 4).Select(i => $"/ok/{i}/{i}")]);
        LoaderOptions options = LoaderRun.Options with { Shuffle = ShuffleMode.None, PrefetchBatches = 1 };
        var seen = new List<(bool IsContiguous, string Sha256)>();
        foreach (int taken in new[] { 0, 1 })
        {
            await using ClipLoader loader = await run.OpenAsync(options);
            loader.Resume(loader.State with { ConsumedCount = taken });
            await foreach (Batch batch in loader)
            {
                using (batch)
                {
                    if (batch.Number == 1)
                    {
                        seen.Add((batch["audio"].IsContiguous, BatchChecksum.Of(batch).Sha256));
                    }
                }
            }
        }

        Assert.That(seen.Select(batch => batch.IsContiguous), Is.EqualTo(new[] { false, true }));
        Assert.That(seen[0].Sha256, Is.EqualTo(seen[1].Sha256));
    }

    private static async Task<string[]> ChecksumsAsync(LoaderRun run, LoaderOptions options)
    {
        var checksums = new List<string>();
        await using ClipLoader loader = await run.OpenAsync(options);
        await LoaderBench.RunAsync(loader, 1, checksum => checksums.Add(checksum.Sha256));
        return [.. checksums];
    }
}
