using ClipGuard.Loading;
using ClipGuard.Manifests;

using NUnit.Framework;

namespace ClipGuard.Tests.Loading;

/// <summary>Lines that are excluded because they failed before, of one manifest and of blends.</summary>
[CancelAfter(60_000)]
internal sealed class ExcludedLinesTests
{
    [Test]
    public async Task Lines_of_a_blend_are_excluded_by_the_name_of_their_source([Values] ShuffleMode shuffle)
    {
        using LoaderRun first = LoaderRun.Of(12);
        using LoaderRun second = LoaderRun.Of(12);
        var blend = new BlendedManifest([(first.Manifest, 1), (second.Manifest, 2)], BlendLength.UntilAllAreUsedUp);
        LoaderOptions options = LoaderRun.Options with { Shuffle = shuffle, ShuffleWindow = 5 };

        List<(string?, long)> all = await RowsAsync(blend, first.Clips, options);
        List<(string?, long)> left = await RowsAsync(
            blend,
            first.Clips,
            options with
            {
                ExcludedLines =
                [
                    new ManifestLineReference(5, first.Manifest.Name),
                    new ManifestLineReference(7, second.Manifest.Name),
                    new ManifestLineReference(99, second.Manifest.Name),
                ],
            });

        Assert.That(all.Count(row => row == (second.Manifest.Name, 7)), Is.GreaterThan(0));
        Assert.That(left, Is.EquivalentTo(all.Where(row => row != (first.Manifest.Name, 5) && row != (second.Manifest.Name, 7))));
        await Assert.ThatAsync(
            () => RowsAsync(blend, first.Clips, options with { ExcludedLines = [5] }), Throws.ArgumentException.With.Message.Contains("line 5 of a blend"));
    }

    [Test]
    public async Task What_failed_in_a_blend_is_excluded_from_its_next_epoch()
    {
        using LoaderRun first = LoaderRun.Of(10, badEvery: 5);
        using LoaderRun second = LoaderRun.Of(10);
        var blend = new BlendedManifest([(first.Manifest, 1), (second.Manifest, 1)]);
        await using ClipLoader loader = await ClipLoader.OpenAsync(
            blend, LoaderRun.Options with { ExcludeFailed = true, OnBadSample = BadSamplePolicy.Mask }, first.Clips);

        _ = await LoaderRun.ReadAsync(loader);
        List<SeenBatch> next = await LoaderRun.ReadAsync(loader);
        var state = LoaderState.Parse(next[0].State.ToJson());

        ManifestLineReference[] excluded = [new(5, first.Manifest.Name), new(10, first.Manifest.Name)];
        Assert.That(state.ExcludedLines, Is.EqualTo(excluded));
        Assert.That(next.SelectMany(batch => batch.Samples).Count(sample => !sample.IsMasked), Is.EqualTo(18));
    }

    [Test]
    public async Task Lines_of_a_blend_are_excluded_behind_a_filter_too()
    {
        using LoaderRun first = LoaderRun.Of(12);
        using LoaderRun second = LoaderRun.Of(12);
        var filtered = new FilteredManifest(
            new BlendedManifest([(first.Manifest, 1), (second.Manifest, 1)]), static sample => !sample.TryGetField("id", out var id) || id.GetInt32() != 3);

        List<(string?, long)> all = await RowsAsync(filtered, first.Clips, LoaderRun.Options);
        List<(string?, long)> left = await RowsAsync(
            filtered,
            first.Clips,
            LoaderRun.Options with { ExcludedLines = [new ManifestLineReference(5, first.Manifest.Name), new ManifestLineReference(4, second.Manifest.Name)] });

        Assert.That(all, Has.Count.EqualTo(22).And.Member((first.Manifest.Name, 5L)).And.No.Member((second.Manifest.Name, 4L)));
        Assert.That(left, Is.EquivalentTo(all.Where(row => row != (first.Manifest.Name, 5))));
    }

    [Test]
    public void The_lines_of_a_dry_runs_faults_are_read()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(
                path,
                ["""{"line":7,"clip":"a.mp4","fault":"Stalled"}""", """{"line":3,"column":1,"fault":"BadManifestLine"}""", """{"line":7,"clip":"b.mp4"}"""]);
            Assert.That(ManifestLineReference.OfFaults(path), Is.EqualTo(new ManifestLineReference[] { 3, 7 }));
            Assert.That(ManifestLineReference.OfFaults(path, "a.jsonl").First(), Is.EqualTo(new ManifestLineReference(3, "a.jsonl")));
            File.AppendAllText(path, """{"clip":"b.mp4"}""");
            Assert.That(() => ManifestLineReference.OfFaults(path), Throws.InstanceOf<FormatException>());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Test]
    public async Task No_row_is_tried_twice_for_one_place()
    {
        using LoaderRun run = LoaderRun.Of(6, badEvery: 1);

        List<SeenBatch> batches = await run.ReadAsync(LoaderRun.Options with { MaxSubstitutes = 30 });

        foreach (IGrouping<long, SampleFault> place in batches.SelectMany(batch => batch.Faults).GroupBy(fault => fault.Position))
        {
            Assert.That(place.Select(fault => fault.Line).Order(), Is.EqualTo(Enumerable.Range(1, 6)));
        }
    }

    private static async Task<List<(string?, long)>> RowsAsync(IManifest manifest, ScriptedLoaderDecoder clips, LoaderOptions options)
    {
        await using ClipLoader loader = await ClipLoader.OpenAsync(manifest, options, clips);
        return
        [
            .. (await LoaderRun.ReadAsync(loader))
                .SelectMany(batch => batch.Samples).Where(sample => !sample.IsMasked).Select(sample => (sample.Origin, sample.Line)),
        ];
    }
}
