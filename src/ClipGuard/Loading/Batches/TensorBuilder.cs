using ClipGuard.Media;

namespace ClipGuard.Loading;

/// <summary>
/// A tensor while its clips come in, from several threads and in any order. Clips lie at equal strides, wide enough for the largest clip so far; where a
/// larger one comes, the stride grows and the clips that are there move once. A clip for which the tensor would grow beyond the limit is kept beside it
/// (<c>_overflow</c>) until all clips came and <see cref="BatchBuilder"/> decides which of them fit. The final shape and content do not depend on the order.
/// </summary>
internal sealed unsafe class TensorBuilder : ClipTensorBuilder
{
    // Held for reading while clips are copied, by any number of threads, and for writing while the memory grows.
    private readonly ReaderWriterLockSlim _use = new();
    private readonly TensorDescription _form;
    private readonly BatchMemory _memory;
    private readonly Action<long> _heldChanged;
    private readonly int _slots;
    private readonly DecodedClip?[][] _clips;
    private readonly Dictionary<(int Slot, int Index), byte[]> _overflow = [];
    private int _clipsPerSlot;
    private int[] _capacity;
    private BatchBlock? _block;

    /// <param name="form">The tensor's description.</param>
    /// <param name="slots">Samples in the batch.</param>
    /// <param name="memory">Where it is built.</param>
    /// <param name="expected">Shape to make room for from the start; null where nothing is known.</param>
    /// <param name="heldChanged">Called with the change of the bytes that it holds.</param>
    public TensorBuilder(TensorDescription form, int slots, BatchMemory memory, int[]? expected, Action<long>? heldChanged = null)
    {
        _form = form;
        _slots = slots;
        _memory = memory;
        _heldChanged = heldChanged ?? (static _ => { });
        _capacity = expected ?? [];
        _clipsPerSlot = form.ClipsPerSample ?? 1;
        _clips = [.. Enumerable.Range(0, slots).Select(static _ => Array.Empty<DecodedClip?>())];
    }

    /// <inheritdoc/>
    public override bool HasOverflow => _overflow.Count > 0;

    private int ElementBytes => _form.ElementBytes;

    private long ClipStrideBytes => StridedCopy.Elements(_capacity) * ElementBytes;

    /// <inheritdoc/>
    public override long BytesWith(DecodedClip clip, int index) => clip.PayloadBytes() * _slots * (_form.ClipsPerSample ?? index + 1);

    /// <inheritdoc/>
    public override void Put(int slot, int index, DecodedClip clip, ReadOnlySpan<byte> payload)
    {
        int[] shape = [.. clip.Shape];
        long needed = StridedCopy.Elements(shape) * ElementBytes;
        if (clip.Element != _form.Element || payload.Length < needed)
        {
            throw new InvalidOperationException(
                $"A clip of shape [{string.Join(", ", shape)}] and {payload.Length} bytes does not belong in the tensor '{_form.Name}'.");
        }

        bool hasRoom = MakeRoom(index + 1, shape);
        _use.EnterReadLock();
        try
        {
            // Each slot belongs to one worker, so its list needs no lock against other workers, only against growth.
            if (_clips[slot].Length <= index)
            {
                Array.Resize(ref _clips[slot], index + 1);
            }

            if (hasRoom)
            {
                fixed (byte* source = payload)
                {
                    StridedCopy.Copy(source, shape, At(slot, index), _capacity, shape, ElementBytes);
                }
            }
            else
            {
                lock (_overflow)
                {
                    _overflow[(slot, index)] = payload[..(int)needed].ToArray();
                }

                _heldChanged(needed);
            }

            _clips[slot][index] = clip;
        }
        finally
        {
            _use.ExitReadLock();
        }
    }

    /// <inheritdoc/>
    public override void Empty(int slot)
    {
        _use.EnterReadLock();
        try
        {
            for (int index = 0; index < _clips[slot].Length; index++)
            {
                lock (_overflow)
                {
                    _heldChanged(_overflow.Remove((slot, index), out byte[]? payload) ? -payload.Length : 0);
                }
            }

            _clips[slot] = [];
        }
        finally
        {
            _use.ExitReadLock();
        }
    }

    /// <inheritdoc/>
    public override long BytesOf(IReadOnlyList<int> slots)
    {
        PaddedShape padded = Padded(slots);
        return padded.Lengths.Length == 0 ? 0 : checked(StridedCopy.Elements(padded.Lengths) * ElementBytes * padded.Clips * _slots);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<BatchTensor> Finish(IReadOnlyList<int> slots, out int[]? shape)
    {
        foreach (int slot in Enumerable.Range(0, _slots).Except(slots).ToArray())
        {
            Empty(slot);
        }

        PaddedShape padded = Padded(slots);
        shape = padded.Lengths.Length == 0 ? null : padded.Lengths;
        if (shape is null)
        {
            Dispose();
            nint[] clipsDimension = _form.ClipsPerSample == 1 ? [] : [_form.ClipsPerSample ?? 1];
            nint[] zeros = [slots.Count, .. clipsDimension, .. _form.Smallest.Select(static length => (nint)length)];
            TensorElement element = BatchTensor.TensorElementOf(_form.Element);
            return slots.Count == 0 ? [] : [BatchTensor.Dense(_form.Name, element, _memory, zeros, slots.Count * (_form.ClipsPerSample ?? 1))];
        }

        if (HasOverflow)
        {
            Grow(padded.Clips, shape);
        }

        var flat = new DecodedClip?[slots.Count * padded.Clips];
        for (int to = 0; to < slots.Count; to++)
        {
            if (slots[to] != to)
            {
                Buffer.MemoryCopy(At(slots[to], 0), At(to, 0), ClipStrideBytes * _clipsPerSlot, ClipStrideBytes * _clipsPerSlot);
            }

            for (int index = 0; index < padded.Clips; index++)
            {
                DecodedClip? clip = index < _clips[slots[to]].Length ? _clips[slots[to]][index] : null;
                flat[(to * padded.Clips) + index] = clip;
                int[] own = clip is null ? [.. shape.Select(static _ => 0)] : [.. clip.Shape];
                StridedCopy.Pad(At(to, index), _capacity, own, shape, ElementBytes);
            }
        }

        BatchBlock block = _block!;
        _block = null;
        bool squeeze = _form.ClipsPerSample == 1;
        var form = new ClipsForm(_form.Name, _form.Element, _form.LengthDimension, slots.Count, padded.Clips, _clipsPerSlot, squeeze);
        return [BatchTensor.OfClips(form, block, shape, _capacity, flat)];
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _heldChanged(-(_block?.Capacity ?? 0));
        _block?.Dispose();
        _block = null;
    }

    private PaddedShape Padded(IReadOnlyList<int> slots) => slots.Aggregate(default(PaddedShape), (sum, slot) =>
    {
        PaddedShape grown = _clips[slot].OfType<DecodedClip>().Aggregate(sum, static (all, clip) => all.With(clip.Shape));
        return grown with { Clips = Math.Max(sum.Clips, _form.ClipsPerSample ?? _clips[slot].Length) };
    });

    private byte* At(int slot, int index) => (byte*)_block!.Address + (((slot * (long)_clipsPerSlot) + index) * ClipStrideBytes);

    private bool MakeRoom(int clips, int[] shape)
    {
        _use.EnterUpgradeableReadLock();
        try
        {
            bool isKnown = _capacity.Length == shape.Length;
            if (_block is not null && !isKnown)
            {
                throw new InvalidOperationException($"Clips of {shape.Length} and of {_capacity.Length} dimensions cannot share the tensor '{_form.Name}'.");
            }

            if (_block is not null && clips <= _clipsPerSlot && !shape.Where((length, i) => length > _capacity[i]).Any())
            {
                return true;
            }

            int[] capacity = isKnown ? [.. shape.Select((length, i) => Math.Max(length, _capacity[i]))] : shape;
            int clipsPerSlot = Math.Max(clips, _clipsPerSlot);
            if (_block is null && !Fits(clipsPerSlot, capacity))
            {
                // The expected shape is a maximum over clips of other batches for each dimension by itself. It may exceed the limit though no clip did, so
                // this clip's own shape is taken instead.
                capacity = shape;
            }

            if (!Fits(clipsPerSlot, capacity))
            {
                return false;
            }

            _use.EnterWriteLock();
            try
            {
                Grow(clipsPerSlot, capacity);
            }
            finally
            {
                _use.ExitWriteLock();
            }

            return true;
        }
        finally
        {
            _use.ExitUpgradeableReadLock();
        }
    }

    // Each dimension may have 31 bits, and so may the number of clips: their product may overflow 63.
    private bool Fits(int clips, int[] capacity)
    {
        Int128 bytes = (Int128)clips * _slots * ElementBytes;
        foreach (int length in capacity)
        {
            bytes = bytes > long.MaxValue ? bytes : bytes * length;
        }

        return bytes <= _form.MaxBytes;
    }

    private void Grow(int clipsPerSlot, int[] capacity)
    {
        long clipStride = StridedCopy.Elements(capacity) * ElementBytes;
        BatchBlock block = _memory.Rent(Math.Max(1, checked(clipStride * clipsPerSlot * _slots)), BatchTensor.TensorElementOf(_form.Element));
        _heldChanged(block.Capacity);
        for (int slot = 0; slot < _slots; slot++)
        {
            for (int index = 0; index < _clips[slot].Length; index++)
            {
                if (_clips[slot][index] is { } clip)
                {
                    Move(slot, index, clip, (byte*)block.Address + (((slot * (long)clipsPerSlot) + index) * clipStride), capacity);
                }
            }
        }

        _heldChanged(-(_block?.Capacity ?? 0));
        _block?.Dispose();
        _block = block;
        _capacity = capacity;
        _clipsPerSlot = clipsPerSlot;
    }

    // Clips of the overflow stay there while the memory grows, unless it has become large enough: at the end it is large enough for all that are kept.
    private void Move(int slot, int index, DecodedClip clip, byte* target, int[] capacity)
    {
        int[] shape = [.. clip.Shape];
        if (!_overflow.TryGetValue((slot, index), out byte[]? payload))
        {
            StridedCopy.Copy(At(slot, index), _capacity, target, capacity, shape, ElementBytes);
        }
        else if (!shape.Where((length, i) => length > capacity[i]).Any())
        {
            fixed (byte* source = payload)
            {
                StridedCopy.Copy(source, shape, target, capacity, shape, ElementBytes);
            }

            _overflow.Remove((slot, index));
            _heldChanged(-payload.Length);
        }
    }
}
