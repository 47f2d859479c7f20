using ClipGuard.Media;

namespace ClipGuard.Loading;

/// <summary>
/// A tensor while its clips come in, from several threads and in any order. Each clip has a stretch of its own, as large as the largest clip
/// seen so far; where a larger one comes, the stretches grow and what is there moves once. Final shape and content do not depend on the order.
/// </summary>
internal sealed unsafe class TensorDraft : IDisposable
{
    // Copies share the memory, growth has it alone.
    private readonly ReaderWriterLockSlim _use = new();
    private readonly BatchMemory _memory;
    private readonly int _slots;
    private readonly DecodedClip?[][] _clips;
    private int _clipsPerSlot;
    private int[] _capacity;
    private BatchBlock? _block;

    /// <param name="name">Of the tensor.</param>
    /// <param name="element">Type of its elements.</param>
    /// <param name="slots">Samples in the batch.</param>
    /// <param name="memory">Where it is built.</param>
    /// <param name="expected">Shape to make room for from the start; null where nothing is known.</param>
    /// <param name="clipsPerSlot">Clips of a sample to make room for from the start.</param>
    public TensorDraft(string name, ElementType element, int slots, BatchMemory memory, int[]? expected, int clipsPerSlot)
    {
        Name = name;
        Element = element;
        _slots = slots;
        _memory = memory;
        _capacity = expected ?? [];
        _clipsPerSlot = clipsPerSlot;
        _clips = [.. Enumerable.Range(0, slots).Select(static _ => Array.Empty<DecodedClip?>())];
    }

    public string Name { get; }

    public ElementType Element { get; }

    /// <summary>Bytes that the tensor holds now.</summary>
    public long Bytes => _block?.Capacity ?? 0;

    private int ElementBytes => Element == ElementType.Float32 ? sizeof(float) : sizeof(byte);

    private long StretchBytes => ClipLayout.Elements(_capacity) * ElementBytes;

    /// <summary>Copies one clip in.</summary>
    public void Place(int slot, int index, DecodedClip clip, ReadOnlySpan<byte> payload)
    {
        int[] shape = [.. clip.Shape];
        long needed = ClipLayout.Elements(shape) * ElementBytes;
        if (clip.Element != Element || payload.Length < needed)
        {
            throw new InvalidOperationException($"A clip of shape [{string.Join(", ", shape)}] and {payload.Length} bytes does not belong in the tensor '{Name}'.");
        }

        MakeRoom(index + 1, shape);
        _use.EnterReadLock();
        try
        {
            fixed (byte* source = payload)
            {
                ClipLayout.Copy(source, shape, At(slot, index), _capacity, shape, ElementBytes);
            }

            // Each slot belongs to one worker, so its list needs no lock of its own.
            if (_clips[slot].Length <= index)
            {
                Array.Resize(ref _clips[slot], index + 1);
            }

            _clips[slot][index] = clip;
        }
        finally
        {
            _use.ExitReadLock();
        }
    }

    /// <summary>Takes a slot's clips out again.</summary>
    public void Empty(int slot) => _clips[slot] = [];

    /// <summary>Lets a hook see and change a clip, while nothing moves.</summary>
    public void Visit(int slot, int index, ClipVisitor visit)
    {
        _use.EnterReadLock();
        try
        {
            if (index < _clips[slot].Length && _clips[slot][index] is { } clip)
            {
                visit(new ClipView(Name, clip, At(slot, index), _capacity));
            }
        }
        finally
        {
            _use.ExitReadLock();
        }
    }

    /// <summary>Ends the draft: pads, leaves out slots that are not wanted, and gives the memory to the tensor.</summary>
    /// <param name="slots">The slots to keep, ascending.</param>
    /// <param name="clipsPerSample">Clips of a sample, where the loader fixes them; null for as many as the largest sample has.</param>
    /// <returns>Null where no clip is in it.</returns>
    public BatchTensor? Finish(IReadOnlyList<int> slots, int? clipsPerSample)
    {
        DecodedClip?[] all = [.. slots.SelectMany(slot => _clips[slot])];
        int[][] shapes = [.. all.OfType<DecodedClip>().Select(static clip => clip.Shape.ToArray())];
        if (shapes.Length == 0)
        {
            Dispose();
            return null;
        }

        int[] whole = [.. Enumerable.Range(0, _capacity.Length).Select(dimension => shapes.Max(shape => shape[dimension]))];
        int clips = clipsPerSample ?? slots.Max(slot => _clips[slot].Length);
        var flat = new DecodedClip?[slots.Count * clips];
        for (int to = 0; to < slots.Count; to++)
        {
            if (slots[to] != to)
            {
                Buffer.MemoryCopy(At(slots[to], 0), At(to, 0), StretchBytes * _clipsPerSlot, StretchBytes * _clipsPerSlot);
            }

            for (int index = 0; index < clips; index++)
            {
                DecodedClip? clip = index < _clips[slots[to]].Length ? _clips[slots[to]][index] : null;
                flat[(to * clips) + index] = clip;
                int[] own = clip is null ? [.. whole.Select(static _ => 0)] : [.. clip.Shape];
                ClipLayout.Pad(At(to, index), _capacity, own, whole, ElementBytes);
            }
        }

        BatchBlock block = _block!;
        _block = null;
        return BatchTensor.OfClips(Name, Element, block, slots.Count, clips, _clipsPerSlot, whole, _capacity, squeeze: clipsPerSample == 1, flat);
    }

    public void Dispose()
    {
        _block?.Dispose();
        _block = null;
    }

    private byte* At(int slot, int index) => (byte*)_block!.Address + (((slot * (long)_clipsPerSlot) + index) * StretchBytes);

    private void MakeRoom(int clips, int[] shape)
    {
        _use.EnterUpgradeableReadLock();
        try
        {
            bool isKnown = _capacity.Length == shape.Length;
            bool fits = _block is not null && isKnown && clips <= _clipsPerSlot && !shape.Where((length, i) => length > _capacity[i]).Any();
            if (fits)
            {
                return;
            }

            if (_block is not null && !isKnown)
            {
                throw new InvalidOperationException($"Clips of {shape.Length} and of {_capacity.Length} dimensions cannot share the tensor '{Name}'.");
            }

            _use.EnterWriteLock();
            try
            {
                Grow(Math.Max(clips, _clipsPerSlot), isKnown ? [.. shape.Select((length, i) => Math.Max(length, _capacity[i]))] : shape);
            }
            finally
            {
                _use.ExitWriteLock();
            }
        }
        finally
        {
            _use.ExitUpgradeableReadLock();
        }
    }

    private void Grow(int clipsPerSlot, int[] capacity)
    {
        long stretch = ClipLayout.Elements(capacity) * ElementBytes;
        BatchBlock block = _memory.Rent(Math.Max(1, checked(stretch * clipsPerSlot * _slots)), BatchTensor.TensorElementOf(Element));
        if (_block is not null)
        {
            for (int slot = 0; slot < _slots; slot++)
            {
                for (int index = 0; index < _clips[slot].Length; index++)
                {
                    if (_clips[slot][index] is { } clip)
                    {
                        byte* target = (byte*)block.Address + (((slot * (long)clipsPerSlot) + index) * stretch);
                        ClipLayout.Copy(At(slot, index), _capacity, target, capacity, clip.Shape.ToArray(), ElementBytes);
                    }
                }
            }

            _block.Dispose();
        }

        _block = block;
        _capacity = capacity;
        _clipsPerSlot = clipsPerSlot;
    }
}
