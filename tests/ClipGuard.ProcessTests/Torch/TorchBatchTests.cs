using System.Runtime.InteropServices;

using ClipGuard.Loading;
using ClipGuard.Torch;

using NUnit.Framework;

using TorchSharp;

namespace ClipGuard.ProcessTests.Torch;

[CancelAfter(300_000)]
internal sealed class TorchBatchTests
{
    [Test]
    public async Task Tensors_hold_what_the_batch_held_whatever_its_memory()
    {
        using LoaderRun run = LoaderRun.Of(30, badEvery: 4);
        List<(long[] Shape, float[] Elements)>[] seen = [[], [], []];
        BatchMemory[] memories = [new PooledBatchMemory(), new TorchBatchMemory(pageLocked: false), new PooledBatchMemory()];
        for (int i = 0; i < 3; i++)
        {
            await using ClipLoader loader = await run.OpenAsync(LoaderRun.Options with { Memory = memories[i], OnBadSample = BadSamplePolicy.Mask });
            await foreach (Batch batch in loader)
            {
                if (i == 2)
                {
                    float[] dense = new float[batch["audio"].AsTensorSpan<float>().FlattenedLength];
                    batch["audio"].AsTensorSpan<float>().FlattenTo(dense);
                    seen[i].Add(([.. batch["audio"].Shape.ToArray().Select(length => (long)length)], dense));
                    batch.Dispose();
                    continue;
                }

                IReadOnlyList<bool> mask = batch.Mask;
                using TorchBatch tensors = batch.ToTorch();
                using torch.Tensor dense2 = tensors["audio"].contiguous();
                seen[i].Add((tensors["audio"].shape, dense2.data<float>().ToArray()));
                Assert.That(tensors.Mask.data<bool>().ToArray(), Is.EqualTo(mask));
            }
        }

        for (int i = 0; i < 2; i++)
        {
            Assert.That(seen[i].Select(batch => batch.Shape), Is.EqualTo(seen[2].Select(batch => batch.Shape)));
            Assert.That(seen[i].Select(batch => batch.Elements), Is.EqualTo(seen[2].Select(batch => batch.Elements)));
        }
    }

    [Test]
    public async Task Ragged_values_split_into_their_clips([Values] bool isTorchMemory)
    {
        using LoaderRun run = LoaderRun.Of(10, badEvery: 4);
        await using ClipLoader loader = await run.OpenAsync(LoaderRun.Options with
        {
            Layout = BatchLayout.Ragged,
            OnBadSample = BadSamplePolicy.Mask,
            Memory = isTorchMemory ? new TorchBatchMemory(pageLocked: false) : null,
        });
        await foreach (Batch batch in loader)
        {
            float[][] clips = [.. Enumerable.Range(0, batch.Samples.Count)
                .Where(sample => !batch.Samples[sample].IsMasked)
                .Select(sample => MemoryMarshal.Cast<byte, float>(batch["audio"].SampleBytes(sample)).ToArray())];
            using DisposeScope scope = torch.NewDisposeScope();
            TorchBatch tensors = batch.ToTorch();
            long[] offsets = tensors["audio_offsets"].data<long>().ToArray();

            Assert.That(tensors.Split("audio").Select(clip => clip.data<float>().ToArray()), Is.EqualTo(clips));
            Assert.That(tensors.Split("audio").Select(clip => clip.shape), Is.EqualTo(clips.Select(clip => new long[] { 1, clip.Length })));
            Assert.That(offsets.Skip(1).Zip(offsets, (end, start) => end - start), Is.EqualTo(clips.Select(clip => clip.Length)));
            Assert.That(tensors["audio"].shape, Is.EqualTo(new[] { offsets[^1] }));
        }
    }

    [Test]
    public async Task The_tensor_is_the_batchs_own_memory_and_a_view_outlives_it()
    {
        using LoaderRun run = LoaderRun.Of(4);
        await using ClipLoader loader = await run.OpenAsync(LoaderRun.Options with { Memory = new TorchBatchMemory(pageLocked: false) });
        torch.Tensor? view = null;
        float first = 0;
        await foreach (Batch batch in loader)
        {
            nint address = batch["audio"].Address;
            first = batch["audio"].AsTensorSpan<float>()[0, 0, 0];
            using TorchBatch tensors = batch.ToTorch();
            view = tensors["audio"].select(0, 0).select(0, 0).narrow(0, 0, 1);
            unsafe
            {
                Assert.That((nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetReference(view.bytes)), Is.EqualTo(address));
            }
        }

        using (view)
        {
            Assert.That(view!.data<float>().ToArray(), Is.EqualTo(new[] { first }));
        }
    }

    [Test]
    public async Task Tensors_end_with_the_scope_in_which_they_were_made_and_memory_does_not_grow()
    {
        using var run = new LoaderRun(Enumerable.Range(0, 1600).Select(i => $"/ok/{i}/100000"));
        await using ClipLoader loader = await run.OpenAsync(LoaderRun.Options with { Memory = new TorchBatchMemory(pageLocked: false) });
        TorchBatch? last = null;
        long before = 0;
        int batches = 0;
        await foreach (Batch batch in loader)
        {
            using (torch.NewDisposeScope())
            {
                last = batch.ToTorch();
                Assert.That(last["audio"].IsInvalid, Is.False);
            }

            Assert.That(last["audio"].IsInvalid, Is.True);
            if (++batches == 20)
            {
                before = Environment.WorkingSet;
            }
        }

        // Four hundred batches of 1.6 MB: kept, they would come to 640 MB.
        Assert.That(batches, Is.EqualTo(400));
        Assert.That(Environment.WorkingSet - before, Is.LessThan(160 << 20));
    }
}
