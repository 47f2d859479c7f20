using System.Globalization;

using ClipGuard.Loading;
using ClipGuard.Manifests;
using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Loading;

/// <summary>Loaders whose batches are bounded by the sizes of their samples.</summary>
[CancelAfter(120_000)]
internal sealed class BatchBySizeTests
{
    // The script's own word for how long a clip is; bad clips say none, so theirs is their place in the manifest.
    private static readonly SampleSize Length = new(static sample => LengthOf(sample), "length");

    private static readonly LoaderOptions Options = LoaderRun.Options with
    {
        BatchBySize = new BatchBySizeOptions(Length, 120) { WindowRows = 30 },
        MaxSubstitutes = 30,
    };

    [TestCase(ShuffleMode.Full)]
    [TestCase(ShuffleMode.Windowed)]
    [TestCase(ShuffleMode.None)]
    public async Task Every_sample_comes_once_and_no_batch_is_padded_beyond_the_bound(ShuffleMode shuffle)
    {
        using LoaderRun run = LoaderRun.Of(100);
        await using ClipLoader loader = await run.OpenAsync(Options with { Shuffle = shuffle, ShuffleWindow = 40 });
        var lines = new List<long>();
        await foreach (Batch batch in loader)
        {
            using (batch)
            {
                lines.AddRange(batch.Samples.Select(sample => sample.Line));
                Assert.That((long)(batch["audio"].Shape[0] * batch["audio"].Shape[2]), Is.LessThanOrEqualTo(120));
                Assert.That(batch.Report.TensorBytes, Is.EqualTo((long)(batch["audio"].Shape[0] * batch["audio"].Shape[2] * sizeof(float))));
                Assert.That(batch.Samples.Select(sample => LengthOf(sample.Sample!)), Is.Ordered.Descending);
            }
        }

        Assert.That(lines.Order(), Is.EqualTo(Enumerable.Range(1, 100)));
        Assert.That(loader.LastEpoch!.BatchCount, Is.LessThan(40));
        Assert.That(loader.LastEpoch.PaddingShare, Is.InRange(0.001, 0.25));
        Assert.That(loader.BatchCount, Is.Null, "which is known only at the end");
    }

    [TestCase(ShuffleMode.Full, true)]
    [TestCase(ShuffleMode.Windowed, true)]
    [TestCase(ShuffleMode.Full, false)]
    public async Task A_run_resumed_at_any_batch_yields_exactly_the_rest(ShuffleMode shuffle, bool inOrder)
    {
        using LoaderRun run = LoaderRun.Of(83, badEvery: 7);
        LoaderOptions options = Options with { Shuffle = shuffle, ShuffleWindow = 40, InOrder = inOrder, RankInfo = new RankInfo(1, 2) };

        IReadOnlyList<SeenBatch> whole = await ResumedLoaderRuns.AssertGoOnAnywhereAsync(run, options);

        Assert.That(whole.Select(batch => batch.State.BySize!.Window).Distinct().Order(), Is.EqualTo(new[] { 0, 1, 2 }));
    }

    [Test]
    public async Task Only_what_is_left_is_read_where_a_run_goes_on()
    {
        using LoaderRun run = LoaderRun.Of(600);
        int asked = 0;
        LoaderOptions options = Options with { BatchBySize = new BatchBySizeOptions(Length with { Of = sample => Count(sample) }, 120) { WindowRows = 30 } };
        List<SeenBatch> whole = await run.ReadAsync(options);
        SeenBatch late = whole.First(batch => batch.State.BySize!.Window == 18);

        asked = 0;
        await using ClipLoader loader = await run.OpenAsync(options);
        loader.Resume(late.State);
        List<SeenBatch> after = await LoaderRun.ReadAsync(loader);

        Assert.That(after.Select(batch => batch.Content), Is.EqualTo(whole.Skip((int)late.Number + 1).Select(batch => batch.Content)));
        Assert.That(asked, Is.EqualTo(60), "the rows of two windows");

        double? Count(Sample sample)
        {
            asked++;
            return LengthOf(sample);
        }
    }

    [Test]
    public async Task Another_world_or_another_bound_consumes_what_is_left_each_once([Values] bool inStep)
    {
        using LoaderRun run = LoaderRun.Of(197);
        LoaderOptions[] worlds =
        [
            .. new[] { (4, 120), (3, 60), (3, 90.5), (1, 200) }.Select(((int World, double Most) of) =>
                Options with { RankInfo = new RankInfo(0, of.World), BatchBySize = new(Length, of.Most) { WindowRows = 50 } }),
        ];

        IReadOnlyList<SeenBatch> batches = await ResumedLoaderRuns.ReadInTurnAsync(run, worlds, inStep);

        Assert.That(ResumedLoaderRuns.LinesOf(batches).Order(), Is.EqualTo(Enumerable.Range(1, 197)));
    }

    [Test]
    public async Task A_substitute_is_no_larger_than_the_largest_of_its_batch([Values(1, 3)] int world)
    {
        using LoaderRun run = LoaderRun.Of(200, badEvery: 4);
        int substitutes = 0;
        var numbers = new List<long[]>();
        for (int rank = 0; rank < world; rank++)
        {
            List<SeenBatch> batches = await run.ReadAsync(Options with { RankInfo = new RankInfo(rank, world) });
            foreach (SeenBatch batch in batches)
            {
                double largest = batch.Samples.Max(sample => LengthOf(sample.Sample!));
                substitutes += batch.Samples.Count(sample => sample.IsSubstitute);

                Assert.That(largest * batch.Samples.Count, Is.LessThanOrEqualTo(120));
                Assert.That(batch.Samples.Select(sample => sample.IsMasked), Is.All.False);
            }

            numbers.Add([.. batches.Select(batch => batch.Number)]);
        }

        Assert.That(substitutes, Is.EqualTo(50));
        Assert.That(numbers, Is.All.EqualTo(numbers[0]));
    }

    [Test]
    public async Task What_is_too_large_or_of_unknown_size_comes_alone()
    {
        using LoaderRun run = LoaderRun.Of(40);
        var size = new SampleSize(static sample => Id(sample) switch { 3 => null, 4 => double.NaN, 5 => 500, _ => 10 });

        List<SeenBatch> batches = await run.ReadAsync(Options with { BatchBySize = new BatchBySizeOptions(size, 100) });

        Assert.That(
            batches.Where(batch => batch.Samples.Count == 1).Select(batch => Id(batch.Samples[0].Sample!)).Order(), Is.EqualTo(new[] { 3, 4, 5 }));
        Assert.That(batches.Sum(batch => batch.Samples.Count), Is.EqualTo(40));
        Assert.That(batches.Select(batch => batch.Samples.Count), Is.All.LessThanOrEqualTo(10));
    }

    [Test]
    public async Task A_field_that_no_row_has_ends_the_epoch_in_words()
    {
        using LoaderRun run = LoaderRun.Of(40);
        await using ClipLoader loader = await run.OpenAsync(Options with { BatchBySize = new(SampleSize.ByField("seconds"), 100) });

        await Assert.ThatAsync(
            () => LoaderRun.ReadAsync(loader), Throws.InstanceOf<ManifestException>().With.Message.Contains("field seconds").And.Message.Contains("40 rows"));
    }

    [Test]
    public async Task Bad_rows_have_substitutes_that_fit()
    {
        using var run = new LoaderRun(Enumerable.Range(0, 60).Select(i => i % 6 == 5 ? string.Empty : $"/ok/{i}/{1 + (i * 13 % 50)}"));
        List<SeenBatch> batches = await run.ReadAsync(Options);

        Assert.That(batches.SelectMany(batch => batch.Samples).Count(sample => sample.IsSubstitute), Is.EqualTo(10));
        Assert.That(batches.Select(batch => batch.Samples.Max(sample => LengthOf(sample.Sample!)) * batch.Samples.Count), Is.All.LessThanOrEqualTo(120));
    }

    [Test]
    public async Task Samples_have_a_most_too_and_sums_may_be_bounded_instead()
    {
        using LoaderRun run = LoaderRun.Of(100);
        List<SeenBatch> few = await run.ReadAsync(Options with { BatchBySize = Options.BatchBySize! with { MaxSamples = 3 } });
        List<SeenBatch> sums = await run.ReadAsync(Options with { BatchBySize = Options.BatchBySize! with { CountsPadding = false } });

        Assert.That(few.Max(batch => batch.Samples.Count), Is.EqualTo(3));
        Assert.That(sums.Select(batch => batch.Samples.Sum(sample => LengthOf(sample.Sample!))), Is.All.LessThanOrEqualTo(120));
        Assert.That(sums.Select(batch => batch.Samples.Max(sample => LengthOf(sample.Sample!)) * batch.Samples.Count), Has.Some.GreaterThan(120));
    }

    [Test]
    public async Task A_state_of_another_size_or_of_batches_by_number_is_refused()
    {
        using LoaderRun run = LoaderRun.Of(40);
        await using ClipLoader loader = await run.OpenAsync(Options);
        await using ClipLoader byNumber = await run.OpenAsync(Options with { BatchBySize = null });
        await using ClipLoader other = await run.OpenAsync(Options with { BatchBySize = new(SampleSize.ByText(), 100) });

        foreach ((ClipLoader one, ClipLoader another) in new[] { (loader, byNumber), (byNumber, loader), (loader, other) })
        {
            Assert.That(() => one.Resume(another.State), Throws.InstanceOf<LoaderStateException>().With.Message.Contains("size that bounds batches"));
        }

        LoaderState state = loader.State;
        Assert.That(() => loader.Resume(state with { BySize = state.BySize! with { FirstBatch = 3 } }), Throws.InstanceOf<LoaderStateException>());
        Assert.That(() => loader.Resume(state with { BySize = state.BySize! with { MaxSize = -1 } }), Throws.InstanceOf<LoaderStateException>());
        loader.Resume(state with { ConsumedCount = 1000 });
        await Assert.ThatAsync(
            () => LoaderRun.ReadAsync(loader), Throws.InstanceOf<LoaderStateException>().With.Message.Contains("more batches than there are"));
    }

    [Test]
    public void Settings_out_of_their_range_are_refused()
    {
        using LoaderRun run = LoaderRun.Of(4);
        foreach (LoaderOptions options in new[]
        {
            Options with { BatchBySize = new(Length, 0) },
            Options with { BatchBySize = new(Length, double.PositiveInfinity) },
            Options with { BatchBySize = new(Length, double.NaN) },
            Options with { BatchBySize = new(Length, 1) { MaxSamples = 0 } },
            Options with { BatchBySize = new(Length, 1) { WindowRows = 3 }, RankInfo = new RankInfo(0, 4) },
            Options with { Buckets = BucketOptions.ByText() },
        })
        {
            Assert.That(() => run.OpenAsync(options).GetAwaiter().GetResult(), Throws.InstanceOf<ArgumentException>());
        }
    }

    [Test]
    public void A_dry_runs_clips_tell_sizes()
    {
        string folder = Directory.CreateTempSubdirectory("clipguard-sizes-").FullName;
        try
        {
            string path = Path.Combine(folder, "clips.jsonl");
            File.WriteAllLines(
                path,
                [
                    """{"line":1,"index":0,"clip":"a.wav","path":"/d/a.wav","kind":"audio","durationSeconds":2.5,"sampleRateHz":16000}""",
                    """{"line":1,"index":1,"clip":"v.mp4","path":"/d/v.mp4","kind":"video","durationSeconds":4,"frameRateHz":25,"width":20,"height":10}""",
                    """{"line":2,"index":0,"clip":"i.png","path":null,"kind":"image","width":30,"height":5}""",
                ]);
            var audio = new ClipReference(ClipKind.Audio, "audio", "a.wav") { Path = "/d/a.wav" };
            var video = new ClipReference(ClipKind.Video, "video", "v.mp4") { Path = "/d/v.mp4" };
            var image = new ClipReference(ClipKind.Image, "image", "i.png");
            var sample = new Sample { Clips = [audio, video, image] };

            Assert.That(SampleSize.ByClips(path, ClipMeasure.Seconds).Find(sample), Is.EqualTo(6.5));
            Assert.That(SampleSize.ByClips(path, ClipMeasure.Frames).Find(sample), Is.EqualTo(101));
            Assert.That(SampleSize.ByClips(path, ClipMeasure.Pixels).Find(sample), Is.EqualTo(20_150));
            Assert.That(SampleSize.ByClips(path, ClipMeasure.Seconds).Find(new Sample { Clips = [audio, video with { Path = "/e/v.mp4" }] }), Is.Null);
            string name = SampleSize.ByClips(path, ClipMeasure.Seconds).Name;
            File.WriteAllLines(path, File.ReadAllLines(path).Reverse());
            Assert.That(SampleSize.ByClips(path, ClipMeasure.Seconds).Name, Is.EqualTo(name));
            File.WriteAllText(path, File.ReadAllText(path).Replace("2.5", "2.6", StringComparison.Ordinal));
            Assert.That(SampleSize.ByClips(path, ClipMeasure.Seconds).Name, Is.Not.EqualTo(name));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double LengthOf(Sample sample) => sample.Clips[0].AsWritten.Split('/') is ["", "ok", _, var length]
        ? double.Parse(length, CultureInfo.InvariantCulture) : 1 + (Id(sample) * 13 % 50);

    private static int Id(Sample sample) => (int)sample.FindNumber("id")!;
}
