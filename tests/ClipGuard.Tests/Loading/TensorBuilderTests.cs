using System.Runtime.InteropServices;

using ClipGuard.Loading;
using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Loading;

[CancelAfter(30_000)]
internal sealed class TensorBuilderTests
{
    [Test]
    public void Clips_of_any_shape_in_any_order_make_one_padded_tensor([Range(0, 5)] int seed)
    {
        var random = new Random(seed);
        var memory = new PooledBatchMemory();

        // What an earlier batch left in the memory must not show.
        using (BatchBlock dirty = memory.Rent(1 << 20, TensorElement.UInt8))
        {
            unsafe
            {
                new Span<byte>((void*)dirty.Address, 1 << 20).Fill(0xAA);
            }
        }

        int[][] shapes = [.. Enumerable.Range(0, 5).Select(_ => new[] { random.Next(1, 5), random.Next(1, 7), random.Next(1, 4), 3 })];
        var builder = new TensorBuilder(Form("video", ElementType.UInt8), 5, memory, null);
        foreach (int slot in Enumerable.Range(0, 5).OrderBy(_ => random.Next()))
        {
            byte[] payload = [.. Enumerable.Range(0, shapes[slot].Aggregate(1, (a, b) => a * b)).Select(i => (byte)((slot * 50) + (i % 49) + 1))];
            builder.Put(slot, 0, new DecodedClip(ElementType.UInt8, shapes[slot]), payload);
        }

        BatchTensor tensor = builder.Finish([0, 1, 2, 3, 4], out _)[0];
        int[] whole = [.. Enumerable.Range(0, 4).Select(d => shapes.Max(shape => shape[d]))];
        var span = tensor.AsTensorSpan<byte>();

        Assert.That(tensor.Shape.ToArray(), Is.EqualTo(new nint[] { 5, whole[0], whole[1], whole[2], 3 }));
        for (int slot = 0; slot < 5; slot++)
        {
            for (int t = 0; t < whole[0]; t++)
            {
                for (int y = 0; y < whole[1]; y++)
                {
                    for (int x = 0; x < whole[2]; x++)
                    {
                        for (int c = 0; c < 3; c++)
                        {
                            int[] s = shapes[slot];
                            bool isInside = t < s[0] && y < s[1] && x < s[2];
                            int i = (((((t * s[1]) + y) * s[2]) + x) * 3) + c;
                            Assert.That(span[slot, t, y, x, c], Is.EqualTo(isInside ? (slot * 50) + (i % 49) + 1 : 0));
                        }
                    }
                }
            }
        }

        tensor.Release();
    }

    [Test]
    public void Several_clips_of_a_sample_have_a_dimension_of_their_own()
    {
        var builder = new TensorBuilder(Form("audio", ElementType.Float32) with { ClipsPerSample = null }, 2, new PooledBatchMemory(), null);
        builder.Put(0, 0, Clip(2), Bytes(1, 2));
        builder.Put(0, 1, Clip(3), Bytes(3, 4, 5));
        builder.Put(1, 0, Clip(1), Bytes(6));

        BatchTensor tensor = builder.Finish([0, 1], out _)[0];
        float[] dense = new float[12];
        tensor.AsTensorSpan<float>().FlattenTo(dense);

        Assert.That(tensor.Shape.ToArray(), Is.EqualTo(new nint[] { 2, 2, 1, 3 }));
        Assert.That(dense, Is.EqualTo(new float[] { 1, 2, 0, 3, 4, 5, 6, 0, 0, 0, 0, 0 }));
        Assert.That(tensor.Lengths, Is.EqualTo(new[] { 2, 3, 1, 0 }));
        Assert.That(() => tensor.AsTensorSpan<byte>(), Throws.InstanceOf<InvalidCastException>());
        tensor.Release();
        Assert.That(() => tensor.Address, Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public void Clips_of_equal_shape_make_a_tensor_without_gaps()
    {
        var builder = new TensorBuilder(Form("audio", ElementType.Float32), 3, new PooledBatchMemory(), null);
        for (int slot = 0; slot < 3; slot++)
        {
            builder.Put(slot, 0, Clip(2), Bytes(slot, slot + 0.5f));
        }

        BatchTensor tensor = builder.Finish([0, 1, 2], out _)[0];

        Assert.That(tensor.IsContiguous, Is.True);
        Assert.That(tensor.SpanBytes, Is.EqualTo(24));
        Assert.That((long)tensor.Address % 64, Is.Zero);
        tensor.Release();
    }

    [Test]
    public void Memory_that_was_given_back_is_lent_again()
    {
        var memory = new PooledBatchMemory();
        BatchBlock first = memory.Rent(1_000_000, TensorElement.Float32);
        nint address = first.Address;
        first.Dispose();
        first.Dispose();
        using BatchBlock second = memory.Rent(990_000, TensorElement.Float32);
        using BatchBlock third = memory.Rent(990_000, TensorElement.Float32);

        Assert.That(second.Address, Is.EqualTo(address));
        Assert.That(third.Address, Is.Not.EqualTo(address));
        Assert.That(second.Capacity, Is.GreaterThanOrEqualTo(990_000));
    }

    private static TensorDescription Form(string name, ElementType element) =>
        new(name, element, [1, 1], element == ElementType.Float32 ? 1 : 0, 1, long.MaxValue);

    private static DecodedClip Clip(int samples) => new(ElementType.Float32, [1, samples]);

    private static byte[] Bytes(params float[] samples) => MemoryMarshal.AsBytes(samples.AsSpan()).ToArray();
}
