using ClipGuard.Loading;
using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Loading;

/// <summary>Batches whose clips lie one behind the other.</summary>
[CancelAfter(60_000)]
internal sealed class RaggedTests
{
    private static readonly LoaderOptions Options = LoaderRun.Options with { Layout = BatchLayout.Ragged };

    [Test]
    public async Task The_values_are_those_of_padded_batches_without_the_padding([Values] bool bySize)
    {
        using LoaderRun run = LoaderRun.Of(48, badEvery: 6);
        var size = new SampleSize(static sample => sample.Clips[0].AsWritten.Length);
        LoaderOptions options = LoaderRun.Options with { BatchBySize = bySize ? new BatchBySizeOptions(size, 60) { CountsPadding = true } : null };
        await using ClipLoader padded = await run.OpenAsync(options);
        await using ClipLoader ragged = await run.OpenAsync(options with { Layout = BatchLayout.Ragged });
        await using IAsyncEnumerator<Batch> expected = padded.GetAsyncEnumerator();
        await foreach (Batch batch in ragged)
        {
            Assert.That(await expected.MoveNextAsync(), Is.True);
            using (expected.Current)
            using (batch)
            {
                float[] values = Numbers<float>(batch["audio"]);
                long[] offsets = Numbers<long>(batch["audio_offsets"]);
                int[] lengths = [.. expected.Current["audio"].Lengths];

                Assert.That(batch.Samples.Select(sample => sample.Line), Is.EqualTo(expected.Current.Samples.Select(sample => sample.Line)));
                Assert.That(batch["audio"].Lengths, Is.EqualTo(lengths));
                Assert.That(offsets, Is.EqualTo(lengths.Aggregate(new List<long> { 0 }, (sums, length) => [.. sums, sums[^1] + length])));
                Assert.That(batch["audio"].Shape.ToArray(), Is.EqualTo(new nint[] { lengths.Sum() }));
                Assert.That(Numbers<long>(batch["audio_shapes"]), Is.EqualTo(lengths.SelectMany(length => new long[] { 1, length })));
                Assert.That(batch["audio_shapes"].Shape.ToArray(), Is.EqualTo(new nint[] { lengths.Length, 2 }));
                Assert.That(Numbers<long>(batch["audio_sample_offsets"]), Is.EqualTo(Enumerable.Range(0, lengths.Length + 1)));
                Assert.That(batch.Report.TensorBytes, Is.EqualTo(batch.Report.Bytes));
                for (int sample = 0; sample < lengths.Length; sample++)
                {
                    ReadOnlySpan<byte> own = expected.Current["audio"].SampleBytes(sample)[..(lengths[sample] * sizeof(float))];
                    Assert.That(batch["audio"].SampleBytes(sample).SequenceEqual(own), Is.True);
                    Assert.That(
                        values[(int)offsets[sample]..(int)offsets[sample + 1]],
                        Is.EqualTo(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(own).ToArray()));
                }
            }
        }

        Assert.That(await expected.MoveNextAsync(), Is.False);
        Assert.That(ragged.LastEpoch!.PaddingShare, Is.Zero);
        Assert.That(padded.LastEpoch!.PaddingShare, Is.GreaterThan(0.1));
    }

    [Test]
    public async Task A_resumed_run_yields_exactly_the_rest()
    {
        using LoaderRun run = LoaderRun.Of(43, badEvery: 5);
        string[] whole = await ChecksumsAsync(run, null);

        for (int taken = 0; taken < whole.Length; taken++)
        {
            await using ClipLoader loader = await run.OpenAsync(Options);
            int read = 0;
            await foreach (Batch batch in loader)
            {
                batch.Dispose();
                if (++read > taken)
                {
                    break;
                }
            }

            Assert.That(await ChecksumsAsync(run, LoaderState.Parse(loader.State.ToJson())), Is.EqualTo(whole[(taken + 1)..]));
        }
    }

    [Test]
    public async Task Masked_samples_and_padding_have_no_clips()
    {
        using LoaderRun run = LoaderRun.Of(9, badEvery: 3);
        await using ClipLoader loader = await run.OpenAsync(
            Options with { Shuffle = ShuffleMode.None, OnBadSample = BadSamplePolicy.Mask, RankInfo = new RankInfo(0, 1) });
        var clips = new List<long>();
        await foreach (Batch batch in loader)
        {
            using (batch)
            {
                long[] starts = Numbers<long>(batch["audio_sample_offsets"]);
                clips.AddRange(starts.Skip(1).Zip(starts, static (end, start) => end - start));
                Assert.That(batch["audio_offsets"].Shape[0], Is.EqualTo((nint)(starts[^1] + 1)));
            }
        }

        Assert.That(clips, Is.EqualTo(new long[] { 1, 1, 0, 1, 1, 0, 1, 1, 0, 0, 0, 0 }));
    }

    [Test]
    public void Several_clips_a_sample_lie_sample_by_sample_whatever_order_they_came_in()
    {
        using RaggedBuilder builder = Builder(
            new TensorDescription("audio", ElementType.Float32, [1, 1], 1, null, long.MaxValue), slots: 4, out Func<long> held);
        Put(builder, 2, 1, 30f, 31f);
        Put(builder, 0, 0, 1f, 2f, 3f);
        Put(builder, 2, 0, 20f);
        Put(builder, 3, 0, 40f);
        Put(builder, 3, 1, 41f);
        builder.Empty(3);

        BatchTensor[] tensors = [.. builder.Finish([0, 1, 2], out _)];

        Assert.That(tensors.Select(tensor => tensor.Name), Is.EqualTo(new[] { "audio", "audio_offsets", "audio_shapes", "audio_sample_offsets" }));
        Assert.That(Numbers<float>(tensors[0]), Is.EqualTo(new[] { 1f, 2f, 3f, 20f, 30f, 31f }));
        Assert.That(Numbers<long>(tensors[1]), Is.EqualTo(new long[] { 0, 3, 4, 6 }));
        Assert.That(Numbers<long>(tensors[2]), Is.EqualTo(new long[] { 1, 3, 1, 1, 1, 2 }));
        Assert.That(Numbers<long>(tensors[3]), Is.EqualTo(new long[] { 0, 1, 1, 3 }));
        Assert.That(tensors[0].SampleBytes(1).Length, Is.Zero);
        Assert.That(tensors[0].SampleBytes(2).Length, Is.EqualTo(3 * sizeof(float)));
        Assert.That(held(), Is.Zero);
        Array.ForEach(tensors, tensor => tensor.Release());
    }

    // What values are counted in is the spec's doing alone, so that a tensor has as many dimensions in every batch.
    [Test]
    public void Values_have_the_dimensions_that_the_spec_fixes()
    {
        (ClipSpec Spec, ClipKind Kind, int[] Clip, nint[] Values, long Length)[] cases =
        [
            (new VideoSpec { Size = new ExactSize(4, 2) }, ClipKind.Video, [5, 2, 4, 3], [10, 2, 4, 3], 5),
            (new VideoSpec { Size = new OwnSize() }, ClipKind.Video, [5, 2, 4, 3], [240], 120),
            (new ImageSpec(), ClipKind.Image, [6, 7, 3], [84, 3], 42),
            (new ImageSpec { Layout = PixelLayout.ChannelsFirst }, ClipKind.Image, [3, 6, 7], [252], 126),
        ];
        foreach ((ClipSpec spec, ClipKind kind, int[] shape, nint[] values, long length) in cases)
        {
            using RaggedBuilder builder = Builder(TensorDescription.Of(LoaderRun.Options, kind, spec), slots: 2, out _);
            byte[] payload = new byte[shape.Aggregate(1, static (a, b) => a * b)];
            builder.Put(0, 0, new DecodedClip(ElementType.UInt8, shape), payload);
            builder.Put(1, 0, new DecodedClip(ElementType.UInt8, shape), payload);
            BatchTensor[] tensors = [.. builder.Finish([0, 1], out _)];

            Assert.That(tensors[0].Shape.ToArray(), Is.EqualTo(values));
            Assert.That(Numbers<long>(tensors[1]), Is.EqualTo(new[] { 0, length, 2 * length }));
            Array.ForEach(tensors, tensor => tensor.Release());
        }
    }

    [Test]
    public void A_batch_without_clips_has_values_of_no_length_and_whole_offsets()
    {
        using RaggedBuilder builder = Builder(TensorDescription.Of(LoaderRun.Options, ClipKind.Image, new ImageSpec()), slots: 2, out _);

        BatchTensor[] tensors = [.. builder.Finish([0, 1], out _)];

        Assert.That(tensors[0].Shape.ToArray(), Is.EqualTo(new nint[] { 0, 3 }));
        Assert.That(tensors[0].SpanBytes, Is.Zero);
        Assert.That(Numbers<byte>(tensors[0]), Is.Empty);
        Assert.That(Numbers<long>(tensors[1]), Is.EqualTo(new long[] { 0 }));
        Assert.That(tensors[2].Shape.ToArray(), Is.EqualTo(new nint[] { 0, 3 }));
        Assert.That(Numbers<long>(tensors[3]), Is.EqualTo(new long[] { 0, 0, 0 }));
        Assert.That(builder.Finish([], out _), Is.Empty);
        Array.ForEach(tensors, tensor => tensor.Release());
    }

    [Test]
    public async Task What_is_beyond_the_bound_is_a_fault_in_the_order_of_the_slots()
    {
        using var run = new LoaderRun(new[] { 10, 20, 15, 8, 40 }.Select((length, i) => $"/ok/{i}/{length}"));
        await using ClipLoader loader = await run.OpenAsync(Options with
        {
            BatchSize = 5,
            Shuffle = ShuffleMode.None,
            OnBadSample = BadSamplePolicy.Skip,
            MaxPaddedBytes = 39 * sizeof(float),
        });
        await foreach (Batch batch in loader)
        {
            using (batch)
            {
                Assert.That(batch.Samples.Select(sample => sample.Line), Is.EqualTo(new[] { 1, 2, 4 }));
                Assert.That(batch["audio"].Shape[0], Is.EqualTo((nint)38));
                Assert.That(batch.Report.Faults.Select(fault => (fault.Line, fault.Kind)), Is.EquivalentTo(
                    new[] { (5L, (FaultKind?)FaultKind.LimitExceeded), (3L, FaultKind.LimitExceeded) }));
            }
        }
    }

    private static async Task<string[]> ChecksumsAsync(LoaderRun run, LoaderState? state)
    {
        await using ClipLoader loader = await run.OpenAsync(Options);
        loader.Resume(state ?? loader.State);
        var checksums = new List<string>();
        await LoaderBench.RunAsync(loader, 1, checksum => checksums.Add(checksum.Sha256));
        return [.. checksums];
    }

    private static RaggedBuilder Builder(TensorDescription form, int slots, out Func<long> held)
    {
        long bytes = 0;
        held = () => bytes;
        return new RaggedBuilder(form, slots, new PooledBatchMemory(), change => bytes += change);
    }

    private static void Put(RaggedBuilder builder, int slot, int index, params float[] samples) => builder.Put(
        slot,
        index,
        new DecodedClip(ElementType.Float32, [1, samples.Length]),
        System.Runtime.InteropServices.MemoryMarshal.AsBytes(samples.AsSpan()));

    private static T[] Numbers<T>(BatchTensor tensor)
        where T : unmanaged
    {
        var numbers = new T[tensor.AsTensorSpan<T>().FlattenedLength];
        tensor.AsTensorSpan<T>().FlattenTo(numbers);
        return numbers;
    }
}
