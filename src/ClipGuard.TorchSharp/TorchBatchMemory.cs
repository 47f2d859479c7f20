using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using ClipGuard.Loading;

using TorchSharp;

namespace ClipGuard.Torch;

/// <summary>
/// Batches built in libtorch's own memory, so that a batch becomes tensors without a further copy on the CPU. For CUDA the memory is page-locked:
/// only from such memory are copies to the device asynchronous. Give it to <see cref="LoaderOptions.Memory"/>. Any number of threads.
/// </summary>
public sealed class TorchBatchMemory : BatchMemory
{
    private const int KeptBlocks = 16;
    private const long MaxKeptBytes = 2L << 30;

    private readonly Lock _gate = new();
    private readonly List<Kept> _kept = [];

    /// <summary>Memory for batches.</summary>
    /// <param name="pageLocked">Whether it is page-locked; null for whether CUDA is there.</param>
    public TorchBatchMemory(bool? pageLocked = null) => IsPageLocked = pageLocked ?? torch.cuda.is_available();

    /// <summary>Whether the memory is page-locked. Page-locking is slow, so such blocks are kept and used again; others are freed.</summary>
    public bool IsPageLocked { get; }

    /// <inheritdoc/>
    public override BatchBlock Rent(long bytes, TensorElement element)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        if (bytes > int.MaxValue)
        {
            throw new InvalidOperationException(
                $"A batch tensor of {bytes} bytes is larger than the 2 GiB that TorchSharp gives access to; lower the batch size or limit the clips.");
        }

        torch.ScalarType type = element.ToScalarType();
        return new TorchBlock(this, TakeKept(bytes, type) ?? Allocate(bytes, type));
    }

    /// <summary>Takes a block back once the device has read it.</summary>
    internal void Keep(torch.Tensor storage, torch.Tensor? fence)
    {
        lock (_gate)
        {
            if (IsPageLocked)
            {
                // Batches' sizes change over time: the block that was unused for longest goes first.
                _kept.Add(new Kept(storage, fence));
                while (_kept.Count > KeptBlocks || (_kept.Count > 1 && _kept.Sum(static kept => kept.Bytes) > MaxKeptBytes))
                {
                    Drop(_kept[0].Storage, _kept[0].Fence);
                    _kept.RemoveAt(0);
                }

                return;
            }
        }

        Drop(storage, fence);
    }

    // Freeing is safe while the device still reads: libtorch's allocator keeps page-locked memory until the copies out of it are done.
    private static void Drop(torch.Tensor storage, torch.Tensor? fence)
    {
        storage.Dispose();
        fence?.Dispose();
    }

    private torch.Tensor? TakeKept(long bytes, torch.ScalarType type)
    {
        lock (_gate)
        {
            int found = _kept.FindIndex(kept => kept.Storage.dtype == type && kept.Bytes >= bytes && kept.Bytes <= 2 * bytes && kept.IsRead);
            if (found < 0)
            {
                return null;
            }

            Kept block = _kept[found];
            _kept.RemoveAt(found);
            block.Fence?.Dispose();
            return block.Storage;
        }
    }

    private torch.Tensor Allocate(long bytes, torch.ScalarType type)
    {
        long elements = (bytes + type.ByteSize() - 1) / type.ByteSize();

        // A block lives as long as its batch, so it must not end with a dispose scope that the calling thread happens to be in.
        torch.Tensor pageable = torch.empty(elements, dtype: type).DetachFromDisposeScope();
        if (!IsPageLocked)
        {
            return pageable;
        }

        using (pageable)
        {
            return pageable.pin_memory().DetachFromDisposeScope();
        }
    }

    private sealed record Kept(torch.Tensor Storage, torch.Tensor? Fence)
    {
        public long Bytes { get; } = Storage.NumberOfElements * Storage.ElementSize;

        /// <summary>True once the device has read the storage: the fence is written on the same stream, after the copy.</summary>
        public bool IsRead => Fence is null || Volatile.Read(ref MemoryMarshal.GetReference(Fence.bytes)) != 0;
    }
}

/// <summary>One block: a flat tensor on the CPU.</summary>
internal sealed class TorchBlock : BatchBlock
{
    private torch.Tensor? _storage;

    public unsafe TorchBlock(TorchBatchMemory owner, torch.Tensor storage)
    {
        Owner = owner;
        _storage = storage;
        Address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(storage.bytes));
        Capacity = storage.NumberOfElements * storage.ElementSize;
    }

    public TorchBatchMemory Owner { get; }

    public override nint Address { get; }

    public override long Capacity { get; }

    /// <summary>Takes the tensor out; disposing the block then does nothing.</summary>
    public torch.Tensor Take() => Interlocked.Exchange(ref _storage, null) ?? throw new ObjectDisposedException(nameof(TorchBlock));

    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _storage, null) is { } storage)
        {
            Owner.Keep(storage, fence: null);
        }
    }
}
