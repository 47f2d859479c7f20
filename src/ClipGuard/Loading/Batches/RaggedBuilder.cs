using System.Buffers;

using ClipGuard.Media;

namespace ClipGuard.Loading;

/// <summary>
/// Ragged values while their clips come in: each is kept by itself, as where it will lie is known once all those before it came. They are put together by the
/// consumer, which costs one more copy than a padded tensor and no padding.
/// </summary>
/// <param name="form">The tensor's description.</param>
/// <param name="slots">Samples in the batch.</param>
/// <param name="memory">Where the values come to lie.</param>
/// <param name="heldChanged">Called with the change of the bytes that it holds.</param>
internal sealed unsafe class RaggedBuilder(TensorDescription form, int slots, BatchMemory memory, Action<long> heldChanged) : ClipTensorBuilder
{
    private readonly SortedList<int, KeptClip>[] _clips = [.. Enumerable.Range(0, slots).Select(static _ => new SortedList<int, KeptClip>())];
    private long _bytes;

    /// <inheritdoc/>
    public override bool HasOverflow => Interlocked.Read(ref _bytes) > form.MaxBytes;

    /// <inheritdoc/>
    public override long BytesWith(DecodedClip clip, int index) => clip.PayloadBytes();

    /// <inheritdoc/>
    public override long BytesOf(IReadOnlyList<int> slots) => slots.Sum(slot => _clips[slot].Values.Sum(static kept => (long)kept.Bytes));

    /// <inheritdoc/>
    public override void Put(int slot, int index, DecodedClip clip, ReadOnlySpan<byte> payload)
    {
        int bytes = checked((int)clip.PayloadBytes());
        if (clip.Element != form.Element || payload.Length < bytes)
        {
            throw new InvalidOperationException(
                $"A clip of shape [{string.Join(", ", clip.Shape)}] and {payload.Length} bytes does not belong in the tensor '{form.Name}'.");
        }

        byte[] rented = ArrayPool<byte>.Shared.Rent(bytes);
        payload[..bytes].CopyTo(rented);
        _clips[slot].Add(index, new KeptClip(clip, rented, bytes));
        Count(bytes);
    }

    /// <inheritdoc/>
    public override void Empty(int slot)
    {
        foreach (KeptClip kept in _clips[slot].Values)
        {
            ArrayPool<byte>.Shared.Return(kept.Rented);
            Count(-kept.Bytes);
        }

        _clips[slot].Clear();
    }

    /// <inheritdoc/>
    public override IReadOnlyList<BatchTensor> Finish(IReadOnlyList<int> slots, out int[]? shape)
    {
        shape = null;
        foreach (int slot in Enumerable.Range(0, _clips.Length).Except(slots).ToArray())
        {
            Empty(slot);
        }

        if (slots.Count == 0)
        {
            return [];
        }

        KeptClip[] all = [.. slots.SelectMany(slot => _clips[slot].Values)];
        var tensors = new List<BatchTensor>();
        try
        {
            long unitBytes = StridedCopy.Elements(form.Unit) * form.ElementBytes;
            var values = BatchTensor.Ragged(
                form,
                memory,
                [(nint)(all.Sum(static kept => (long)kept.Bytes) / unitBytes), .. form.Unit.Select(static length => (nint)length)],
                [.. all.Select(static kept => kept.Clip)],
                Running(slots.Select(slot => _clips[slot].Values.Sum(static kept => (long)kept.Bytes))));
            tensors.Add(values);
            byte* target = (byte*)values.Address;
            foreach (KeptClip kept in all)
            {
                kept.Rented.AsSpan(0, kept.Bytes).CopyTo(new Span<byte>(target, kept.Bytes));
                target += kept.Bytes;
            }

            int dimensions = form.Smallest.Length;
            tensors.Add(Dense("offsets", [all.Length + 1], Running(all.Select(kept => kept.Bytes / unitBytes))));
            tensors.Add(Dense("shapes", [all.Length, dimensions], [.. all.SelectMany(static kept => kept.Clip.Shape.Select(static length => (long)length))]));
            tensors.Add(Dense("sample_offsets", [slots.Count + 1], Running(slots.Select(slot => (long)_clips[slot].Count))));
        }
        catch
        {
            tensors.ForEach(static tensor => tensor.Release());
            throw;
        }

        Dispose();
        return tensors;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        for (int slot = 0; slot < _clips.Length; slot++)
        {
            Empty(slot);
        }
    }

    private static long[] Running(IEnumerable<long> lengths)
    {
        var sums = new List<long> { 0 };
        foreach (long length in lengths)
        {
            sums.Add(sums[^1] + length);
        }

        return [.. sums];
    }

    private BatchTensor Dense(string what, ReadOnlySpan<nint> shape, long[] numbers)
    {
        var tensor = BatchTensor.Dense($"{form.Name}_{what}", TensorElement.Int64, memory, shape);
        numbers.CopyTo(new Span<long>((void*)tensor.Address, numbers.Length));
        return tensor;
    }

    private void Count(int bytes)
    {
        Interlocked.Add(ref _bytes, bytes);
        heldChanged(bytes);
    }

    private readonly record struct KeptClip(DecodedClip Clip, byte[] Rented, int Bytes);
}
