using System.Text;

using ClipGuard.Loading;
using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.Tests.Loading;

/// <summary>Windows of clips in batches, and windows at random, over real clips.</summary>
[CancelAfter(180_000)]
internal sealed class WindowLoadingTests
{
    private const int Rows = 10;

    private static readonly LoaderOptions Options = new()
    {
        BatchSize = 4,
        Seed = 3,
        Supervision = new SupervisorOptions { Isolation = IsolationMode.InProcess, Workers = 2 },
        Audio = new AudioSpec { SampleRateHz = 8_000, Windows = new AudioWindows(3, 0.5) { AtRandom = true } },
        Video = new VideoSpec { Size = new ExactSize(8, 6), Selection = new WindowFrames(3, 5) { PerSecond = 10, AtRandom = true } },
    };

    private readonly MediaFolder _media = new();
    private string _manifest = null!;

    [OneTimeSetUp]
    public void Make()
    {
        string film = _media.Make(
            "film.mkv", "-f lavfi -i testsrc2=s=32x24:r=25:d=4 -f lavfi -i sine=r=8000:d=4 -c:v libx264 -preset veryfast -pix_fmt yuv420p -c:a pcm_s16le");
        IEnumerable<string> rows = Enumerable.Range(0, Rows).Select(i => $$"""{"id":{{i}},"audio":"{{film}}","video":"{{film}}"}""");
        _manifest = _media.Write("films.jsonl", Encoding.UTF8.GetBytes(string.Join('\n', rows)));
    }

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [Test]
    public async Task Windows_are_one_more_dimension_and_lie_elsewhere_for_every_sample()
    {
        var seen = await ReadAsync(Options);

        Assert.That(seen, Has.Count.EqualTo(Rows));
        Assert.That(seen.Values.Select(window => window.Starts), Is.All.Ordered.And.All.Length.EqualTo(3));
        Assert.That(seen.Values.SelectMany(window => window.Starts).Distinct().Count(), Is.GreaterThan(20));
        Assert.That(seen.Values.SelectMany(window => window.Starts), Is.All.InRange(0, 3.5));
        foreach ((double[] starts, double[] shown) in seen.Values)
        {
            // The video's sound and pictures have windows of the same length, so they lie where the others do.
            Assert.That(shown, Is.EqualTo(starts).Within(0.0401), "a frame is on show for 0.04 s");
        }
    }

    [Test]
    public async Task They_follow_from_seed_epoch_and_position_alone()
    {
        var first = await ReadAsync(Options);
        var again = await ReadAsync(Options with { Supervision = Options.Supervision with { Workers = 1 }, BatchSize = 3, InOrder = false });
        var ranks = (await ReadAsync(Options with { RankInfo = new RankInfo(0, 2) })).Concat(await ReadAsync(Options with { RankInfo = new RankInfo(1, 2) }));
        var otherSeed = await ReadAsync(Options with { Seed = 4 });
        var nextEpoch = await ReadAsync(Options, epochs: 2);

        Assert.That(StartsOf(again), Is.EqualTo(StartsOf(first)));
        Assert.That(StartsOf(ranks), Is.EqualTo(StartsOf(first)));
        Assert.That(StartsOf(otherSeed).Intersect(StartsOf(first)), Is.Empty);
        Assert.That(StartsOf(nextEpoch).Intersect(StartsOf(first)), Is.Empty);
    }

    [Test]
    public async Task Evenly_they_are_the_same_for_every_sample_and_padding_has_their_shape()
    {
        LoaderOptions even = Options with
        {
            Audio = Options.Audio! with { Windows = new AudioWindows(3, 0.5) },
            Video = null,
            RankInfo = new RankInfo(3, 4),
            BatchSize = 3,
        };
        await using ClipLoader loader = await ClipLoader.OpenAsync(Manifest, even);
        await foreach (Batch batch in loader)
        {
            using (batch)
            {
                Assert.That(batch["audio"].Shape.ToArray(), Is.EqualTo(new nint[] { 3, 3, 1, 4000 }));
                Assert.That(batch["audio"].Lengths, Is.All.EqualTo(4000).Or.All.EqualTo(0).Or.Some.EqualTo(4000));
                foreach (DecodedClip clip in batch["audio"].Clips.OfType<DecodedClip>())
                {
                    Assert.That(clip.WindowStartsSeconds, Is.EqualTo(new[] { 0, 1.75, 3.5 }).Within(1.0 / 8000));
                }
            }
        }

        // Two ranks more than there are rows: this one has nothing but padding.
        await using ClipLoader padded = await ClipLoader.OpenAsync(Manifest, even with { RankInfo = new RankInfo(11, 12), Video = Options.Video });
        await foreach (Batch batch in padded)
        {
            using (batch)
            {
                Assert.That(batch.Mask, Is.All.False);
                Assert.That(batch["audio"].Shape.ToArray(), Is.EqualTo(new nint[] { 3, 3, 1, 4000 }));
                Assert.That(batch["video"].Shape.ToArray(), Is.EqualTo(new nint[] { 3, 3, 5, 6, 8, 3 }));
            }
        }
    }

    private IIndexableManifest Manifest => new JsonLinesManifest(_manifest, new ManifestOptions { RequireMessages = false, RootImageDirectory = null });

    private static string[] StartsOf(IEnumerable<KeyValuePair<long, (double[] Starts, double[] Shown)>> seen) =>
        [.. seen.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}: {string.Join(' ', pair.Value.Starts)}")];

    private async Task<Dictionary<long, (double[] Starts, double[] Shown)>> ReadAsync(LoaderOptions options, int epochs = 1)
    {
        var seen = new Dictionary<long, (double[] Starts, double[] Shown)>();
        await using ClipLoader loader = await ClipLoader.OpenAsync(Manifest, options);
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            seen.Clear();
            await foreach (Batch batch in loader)
            {
                using (batch)
                {
                    Assert.That(batch.Report.Faults, Is.Empty);
                    Assert.That(batch["audio"].Shape.ToArray(), Is.EqualTo(new nint[] { options.BatchSize, 3, 1, 4000 }));
                    Assert.That(batch["video"].Shape.ToArray(), Is.EqualTo(new nint[] { options.BatchSize, 3, 5, 6, 8, 3 }));
                    for (int slot = 0; slot < batch.Samples.Count; slot++)
                    {
                        if (batch["audio"].Clips[slot] is { } audio)
                        {
                            double[] times = [.. batch["video"].Clips[slot]!.FrameTimesSeconds];
                            seen.Add(batch.Samples[slot].Position, ([.. audio.WindowStartsSeconds], [times[0], times[5], times[10]]));
                        }
                    }
                }
            }
        }

        return seen;
    }
}
