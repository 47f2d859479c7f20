using System.Runtime.CompilerServices;

using ClipGuard.Loading;
using ClipGuard.Manifests;

using NUnit.Framework;

namespace ClipGuard.Tests.Manifests;

/// <summary>Blends of sources that are read from their start on and have no index.</summary>
[CancelAfter(30_000)]
internal sealed class StreamedBlendTests
{
    [Test]
    public void Shares_hold_at_every_row_and_no_row_comes_twice()
    {
        ManifestRow[] rows = Read(BlendLength.UntilFirstIsUsedUp, new("a", 500, 3), new("b", 900, 1.5), new("c", 200, 1));

        Assert.That(rows, Has.Length.EqualTo((int)(500 / 3.0 * 5.5)).Within(2));
        double[] shares = [3 / 5.5, 1.5 / 5.5, 1 / 5.5];
        foreach ((string source, double share) in new[] { "a", "b", "c" }.Zip(shares))
        {
            double furthest = Enumerable.Range(1, rows.Length).Max(count => Math.Abs(rows.Take(count).Count(row => row.Origin == source) - (share * count)));
            Assert.That(furthest, Is.LessThan(1.0));
            Assert.That(
                rows.Where(row => row.Origin == source).Select(row => row.Line), Is.EqualTo(Enumerable.Range(1, rows.Count(row => row.Origin == source))));
        }
    }

    [Test]
    public void Small_sources_come_again_until_the_last_is_used_up()
    {
        ManifestRow[] rows = Read(BlendLength.UntilAllAreUsedUp, new("a", 100, 1), new("b", 7, 1));

        Assert.That(rows.Where(row => row.Origin == "a").Select(row => row.Line), Is.EqualTo(Enumerable.Range(1, 100)));
        Assert.That(rows.Where(row => row.Origin == "b").Select(row => row.Line), Is.EqualTo(Enumerable.Range(0, rows.Length - 100).Select(i => (i % 7) + 1)));
        Assert.That(rows, Has.Length.EqualTo(199).Or.Length.EqualTo(200));
        Assert.That(Read(BlendLength.UntilAllAreUsedUp, new("a", 10, 1), new("b", 10, 1)), Has.Length.EqualTo(20));
    }

    [Test]
    public void A_source_without_rows_is_the_end_or_an_error_and_never_an_endless_loop()
    {
        Assert.That(Read(BlendLength.UntilFirstIsUsedUp, new("a", 0, 1), new("b", 7, 1)), Is.Empty);
        Assert.That(
            () => Read(BlendLength.UntilAllAreUsedUp, new("a", 0, 1), new("b", 7, 1)),
            Throws.InstanceOf<ManifestException>().With.Message.Contains("until a is used up"));
    }

    [Test]
    public void Every_source_is_closed_however_the_blend_ends()
    {
        Source[] sources = [new("a", 5, 1), new("b", 50, 1)];
        _ = Read(BlendLength.UntilAllAreUsedUp, sources);
        Assert.That(sources.Select(source => source.Open), Is.All.Zero);

        _ = new StreamedBlend(sources.Select(source => ((IManifest)source, source.Weight))).ReadRowsAsync().ToBlockingEnumerable().First();
        Assert.That(sources.Select(source => source.Open), Is.All.Zero);
    }

    [TestCase(0)]
    [TestCase(double.NaN)]
    public void A_weight_that_is_none_is_refused(double weight)
    {
        Assert.That(() => new StreamedBlend([(new Source("a", 1, 1), weight)]), Throws.ArgumentException);
    }

    [Test]
    public async Task A_blend_is_known_by_its_sources_and_how_they_are_mixed()
    {
        Source first = new("a", 5, 1);
        Source second = new("b", 50, 1);
        string[] all =
        [
            await new StreamedBlend([(first, 1), (second, 1)]).FingerprintAsync(),
            await new StreamedBlend([(first, 1), (second, 2)]).FingerprintAsync(),
            await new StreamedBlend([(second, 1), (first, 1)]).FingerprintAsync(),
            await new StreamedBlend([(first, 1), (second, 1)], BlendLength.UntilAllAreUsedUp).FingerprintAsync(),
        ];

        Assert.That(all, Is.Unique);
        Assert.That(await new StreamedBlend([(first, 1), (second, 1)]).FingerprintAsync(), Is.EqualTo(all[0]));
    }

    [TestCase(ShuffleMode.Windowed)]
    [TestCase(ShuffleMode.None)]
    public async Task A_loader_shuffles_it_in_windows_leaves_lines_out_and_resumes_exactly(ShuffleMode shuffle)
    {
        var blend = new StreamedBlend([(new Source("a", 30, 2), 2), (new Source("b", 40, 1), 1)]);
        LoaderOptions options = LoaderRun.Options with
        {
            Shuffle = shuffle,
            ShuffleWindow = 7,
            ExcludedLines = [new ManifestLineReference(3, "a"), new ManifestLineReference(2, "b")],
        };
        List<SeenBatch> whole = await ReadAsync(blend, options, null, int.MaxValue);
        (string?, long)[] rows = [.. whole.SelectMany(batch => batch.Samples).Where(sample => !sample.IsMasked).Select(sample => (sample.Origin, sample.Line))];

        Assert.That(rows, Is.Unique.And.Length.EqualTo(45 - 2).Within(1));
        Assert.That(rows, Has.No.Member(("a", 3L)).And.No.Member(("b", 2L)));
        for (int taken = 1; taken < whole.Count; taken += 4)
        {
            List<SeenBatch> before = await ReadAsync(blend, options, null, taken);
            List<SeenBatch> after = await ReadAsync(blend, options, before[^1].State, int.MaxValue);
            Assert.That(before.Concat(after).Select(Rows), Is.EqualTo(whole.Select(Rows)));
        }

        await Assert.ThatAsync(
            () => ReadAsync(blend, options with { ExcludedLines = [5] }, null, 1), Throws.ArgumentException.With.Message.Contains("line 5 of a blend"));
        await Assert.ThatAsync(() => ReadAsync(blend, options with { Shuffle = ShuffleMode.Full }, null, 1), Throws.ArgumentException);
    }

    private static string Rows(SeenBatch batch) => string.Join(' ', batch.Samples.Select(sample => $"{sample.Position}:{sample.Origin}{sample.Line}"));

    private static async Task<List<SeenBatch>> ReadAsync(IManifest manifest, LoaderOptions options, LoaderState? from, int most)
    {
        await using ClipLoader loader = await ClipLoader.OpenAsync(manifest, options, new ScriptedLoaderDecoder());
        loader.Resume(from ?? loader.State);
        return await LoaderRun.ReadAsync(loader, most);
    }

    private static ManifestRow[] Read(BlendLength length, params Source[] sources) =>
        [.. new StreamedBlend(sources.Select(source => ((IManifest)source, source.Weight)), length).ReadRowsAsync().ToBlockingEnumerable()];

    /// <summary>Rows that can only be read from the first on.</summary>
    private sealed class Source(string name, int rows, double weight) : IManifest
    {
        public string Name => name;

        public double Weight => weight;

        public int Open { get; private set; }

        public async IAsyncEnumerable<ManifestRow> ReadRowsAsync([EnumeratorCancellation] CancellationToken cancellation = default)
        {
            Open++;
            try
            {
                for (int line = 1; line <= rows; line++)
                {
                    await Task.Yield();
                    cancellation.ThrowIfCancellationRequested();
                    yield return new SampleRow(line, default, new Sample());
                }
            }
            finally
            {
                Open--;
            }
        }
    }
}
