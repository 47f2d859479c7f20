using System.Globalization;
using System.Text.RegularExpressions;

using ClipGuard.Loading;
using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.Tests.Loading;

/// <summary>What batches are padded to, where that reaches a limit, and what stands there where nothing does.</summary>
[CancelAfter(120_000)]
internal sealed partial class PaddingTests
{
    private static readonly LoaderOptions Images = LoaderRun.Options with { Audio = null, Image = new ImageSpec(), Shuffle = ShuffleMode.None, BatchSize = 4 };

    [Test]
    public async Task A_wide_and_a_high_picture_that_pad_each_other_beyond_the_limit_cost_one_place_whatever_comes_first(
        [Values] BadSamplePolicy policy, [Range(0, 5)] int seed)
    {
        // Each of them alone pads its batch to 120,000 bytes; together they would need 12,000,000.
        using var run = new ImageRun("100x100", "1x10000", "10000x1", "50x60", "2x2", "3x3", "4x4", "5x5");
        var random = new Random(seed);
        int[] order = [.. Enumerable.Range(0, 4).Select(_ => random.Next(20))];
        run.Before = (row, cancellation) => Task.Delay(row < 4 ? order[row] : 0, cancellation);
        LoaderOptions options = Images with { MaxPaddedBytes = 4 * 10_000 * 100 * 3, OnBadSample = policy, Supervision = new() { Workers = 4 } };

        await using ClipLoader loader = await run.OpenAsync(options);
        var batches = new List<SeenPictures>();
        BadSampleException? thrown = null;
        try
        {
            batches = await SeenPictures.ReadAsync(loader);
        }
        catch (BadSampleException error)
        {
            thrown = error;
        }

        if (policy == BadSamplePolicy.Throw)
        {
            Assert.That(thrown!.Faults.Single().Line, Is.EqualTo(3));
            return;
        }

        Assert.That(batches.Select(batch => batch.Shape), Is.EqualTo(policy == BadSamplePolicy.Skip
            ? new[] { "3,10000,100,3", "4,5,5,3" }
            : ["4,10000,100,3", "4,5,5,3"]));
        Assert.That(batches[0].Faults.Select(fault => (fault.Line, fault.Kind)), Is.EqualTo(new[] { (3L, (FaultKind?)FaultKind.LimitExceeded) }));
        Assert.That(batches[0].Lines, Is.EqualTo(policy == BadSamplePolicy.Skip ? new long[] { 1, 2, 4 } : [1, 2, -3, 4]));
        Assert.That(batches[0].Sums, Is.EqualTo(policy == BadSamplePolicy.Skip ? new long[] { 30_000, 60_000, 36_000 } : [30_000, 60_000, 0, 36_000]));
        Assert.That(batches[1].Sums, Is.EqualTo(new long[] { 5 * 4 * 3, 6 * 9 * 3, 7 * 16 * 3, 8 * 25 * 3 }));
    }

    [Test]
    public async Task What_earlier_batches_needed_does_not_make_a_later_one_too_large()
    {
        // Wide batches, then high ones: room for both at once would pass the limit.
        using var run = new ImageRun([.. Enumerable.Repeat("1x4000", 8), .. Enumerable.Repeat("4000x1", 8), .. Enumerable.Repeat("1x4000", 8)]);

        await using ClipLoader loader = await run.OpenAsync(Images with { MaxPaddedBytes = 100_000, PrefetchBatches = 1 });
        List<SeenPictures> batches = await SeenPictures.ReadAsync(loader);

        Assert.That(batches.SelectMany(batch => batch.Faults), Is.Empty);
        Assert.That(
            batches.Select(batch => batch.Shape), Is.EqualTo(new[] { "4,4000,1,3", "4,4000,1,3", "4,1,4000,3", "4,1,4000,3", "4,4000,1,3", "4,4000,1,3" }));
    }

    [Test]
    public async Task One_large_clip_beside_a_sample_of_many_clips_costs_its_place()
    {
        using var run = new ImageRun("100x100", "1x1 1x1 1x1 1x1", "2x2", "2x2");

        await using ClipLoader loader = await run.OpenAsync(
            Images with { MaxPaddedBytes = 4 * 30_000 * 2, ClipsPerSample = null, OnBadSample = BadSamplePolicy.Mask });
        List<SeenPictures> batches = await SeenPictures.ReadAsync(loader);

        Assert.That(batches.Single().Faults.Select(fault => (fault.Line, fault.Kind)), Is.EqualTo(new[] { (2L, (FaultKind?)FaultKind.LimitExceeded) }));
        Assert.That(batches.Single().Shape, Is.EqualTo("4,1,100,100,3"));
    }

    [Test]
    public void The_largest_tensor_that_the_default_limit_allows_has_memory()
    {
        using BatchBlock block = new PooledBatchMemory().Rent(new LoaderOptions().MaxPaddedBytes, TensorElement.UInt8);

        Assert.That(block.Capacity, Is.GreaterThanOrEqualTo(new LoaderOptions().MaxPaddedBytes));
    }

    [Test]
    public void Memory_that_nobody_uses_is_kept_up_to_a_limit()
    {
        var memory = new PooledBatchMemory(maxKeptBytes: 10_000_000);
        nint[][] addresses = [[], []];
        for (int round = 0; round < 2; round++)
        {
            BatchBlock[] blocks = [.. Enumerable.Range(1, 30).Select(i => memory.Rent(i * 100_000, TensorElement.UInt8))];
            addresses[round] = [.. blocks.Select(block => block.Address)];
            foreach (BatchBlock block in blocks)
            {
                block.Dispose();
            }
        }

        Assert.That(memory.KeptBytes, Is.InRange(7_000_000, 10_000_000));
        Assert.That(addresses[1].Intersect(addresses[0]), Is.Not.Empty);
    }

    [TestCase(PixelLayout.ChannelsFirst, "3,20,10", 20)]
    [TestCase(PixelLayout.ChannelsLast, "20,10,3", 20)]
    public void An_images_length_is_its_rows(PixelLayout layout, string shape, int length)
    {
        TensorDescription form = TensorDescription.Of(LoaderRun.Options, ClipKind.Image, new ImageSpec { Layout = layout });
        var builder = new TensorBuilder(form, 1, new PooledBatchMemory(), null);
        int[] lengths = [.. shape.Split(',').Select(part => int.Parse(part, CultureInfo.InvariantCulture))];
        builder.Put(0, 0, new DecodedClip(ElementType.UInt8, lengths), new byte[600]);

        BatchTensor tensor = builder.Finish([0], out _)[0];

        Assert.That(tensor.Lengths, Is.EqualTo(new[] { length }));
        tensor.Release();
    }

    [Test]
    public async Task Every_rank_has_every_tensor_where_some_have_only_padding()
    {
        using LoaderRun run = LoaderRun.Of(3);
        LoaderOptions options = LoaderRun.Options with
        {
            BatchSize = 2,
            Audio = new AudioSpec { DurationSeconds = 2, SampleRateHz = 8000 },
            Video = new VideoSpec { Layout = PixelLayout.ChannelsFirst },
            Image = new ImageSpec { Colors = PixelColors.Gray },
        };
        for (int rank = 0; rank < 8; rank++)
        {
            await using ClipLoader loader = await run.OpenAsync(options with { RankInfo = new RankInfo(rank, 8) });
            int batches = 0;
            await foreach (Batch batch in loader)
            {
                using (batch)
                {
                    batches++;
                    Assert.That(batch.Tensors.Keys, Is.EquivalentTo(new[] { "audio", "video", "image" }));
                    Assert.That(batch["video"].Shape.ToArray(), Is.EqualTo(new nint[] { 2, 16, 3, 224, 224 }));
                    Assert.That(batch["image"].Shape.ToArray(), Is.EqualTo(new nint[] { 2, 1, 1, 1 }));
                    Assert.That(batch["image"].Lengths, Is.EqualTo(new[] { 0, 0 }));
                    if (rank >= 3)
                    {
                        Assert.That(batch["audio"].Shape.ToArray(), Is.EqualTo(new nint[] { 2, 1, 16_000 }));
                        Assert.That(batch["audio"].SampleBytes(0).ContainsAnyExcept((byte)0), Is.False);
                        Assert.That(batch.Mask, Is.All.False);
                    }
                }
            }

            Assert.That(batches, Is.EqualTo(1));
        }
    }

    [Test]
    public void A_slot_may_be_emptied_while_another_grows()
    {
        var form = new TensorDescription("image", ElementType.UInt8, [1, 1, 1], 0, null, long.MaxValue);
        for (int round = 0; round < 300; round++)
        {
            using var builder = new TensorBuilder(form, 2, new PooledBatchMemory(), null);
            Parallel.Invoke(
                () =>
                {
                    for (int i = 0; i < 40; i++)
                    {
                        builder.Put(0, 0, new DecodedClip(ElementType.UInt8, [1, 1, 1]), [1]);
                        builder.Empty(0);
                    }
                },
                () =>
                {
                    for (int i = 1; i < 40; i++)
                    {
                        builder.Put(1, 0, new DecodedClip(ElementType.UInt8, [i, i, 1]), new byte[i * i]);
                    }
                });
        }
    }

    /// <summary>Rows of images given as <c>WIDTHxHEIGHT</c>, several for several clips; every byte of a row's images is its line.</summary>
    private sealed partial class ImageRun : IGuardedDecoder, IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("clipguard-images-").FullName;

        public ImageRun(params string[] rows) => File.WriteAllLines(
            Path.Combine(_folder, "m.jsonl"),
            rows.Select((row, i) => $$"""{"images":[{{string.Join(',', row.Split(' ').Select(size => $"\"/image/{i}/{size}\""))}}]}"""));

        public string DecoderVersion => "Images 1";

        public SandboxLevel Sandbox => SandboxLevel.Off;

        public Func<int, CancellationToken, Task> Before { get; set; } = static (_, _) => Task.CompletedTask;

        public Task<ClipLoader> OpenAsync(LoaderOptions options) => ClipLoader.OpenAsync(
            new JsonLinesManifest(Path.Combine(_folder, "m.jsonl"), new ManifestOptions { RequireMessages = false, RootImageDirectory = null }),
            options,
            this);

        public void Dispose() => Directory.Delete(_folder, recursive: true);

        public ValueTask<DecodeOutcome> ContinueAsync(DecodeRequest request, ClipFault firstFailure, CancellationToken cancellation) =>
            throw new NotSupportedException("A loader keeps no first failures.");

        public ValueTask<DecodeOutcome> SettleAsync(DecodeRequest request, CancellationToken cancellation) =>
            throw new NotSupportedException("A loader settles no clips.");

        public async ValueTask<DecodeOutcome> DecodeAsync(DecodeRequest request, Action<ClipFault>? onFirstFailure, CancellationToken cancellation)
        {
            int[] numbers = [.. Numbers().Matches(((FileSource)request.Source).Path).Select(match => int.Parse(match.Value, CultureInfo.InvariantCulture))];
            await Before(numbers[0], cancellation);
            byte[] payload = new byte[numbers[1] * numbers[2] * 3];
            payload.AsSpan().Fill((byte)(numbers[0] + 1));
            return new ScriptedLoaderDecoder.Outcome(new DecodedClip(ElementType.UInt8, [numbers[2], numbers[1], 3]), payload, null);
        }

        [GeneratedRegex(@"\d+")]
        private static partial Regex Numbers();
    }

    private sealed record SeenPictures(string Shape, long[] Lines, long[] Sums, IReadOnlyList<SampleFault> Faults)
    {
        public static async Task<List<SeenPictures>> ReadAsync(ClipLoader loader)
        {
            var seen = new List<SeenPictures>();
            await foreach (Batch batch in loader)
            {
                using (batch)
                {
                    BatchTensor tensor = batch["image"];
                    byte[] dense = new byte[tensor.AsTensorSpan<byte>().FlattenedLength];
                    tensor.AsTensorSpan<byte>().FlattenTo(dense);
                    int one = dense.Length / batch.Samples.Count;
                    seen.Add(new SeenPictures(
                        string.Join(',', tensor.Shape.ToArray()),
                        [.. batch.Samples.Select(sample => sample.IsMasked ? -sample.Line : sample.Line)],
                        [.. Enumerable.Range(0, batch.Samples.Count).Select(sample => dense.Skip(sample * one).Take(one).Sum(value => (long)value))],
                        batch.Report.Faults));
                }
            }

            return seen;
        }
    }
}
