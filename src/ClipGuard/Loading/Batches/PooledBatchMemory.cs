using System.Runtime.CompilerServices;

namespace ClipGuard.Loading;

/// <summary>Arrays on the pinned heap, kept for the next batch when one is given back.</summary>
/// <param name="maxKeptBytes">Most bytes of arrays that are kept while nobody uses them. Default 1 GiB.</param>
public sealed class PooledBatchMemory(long maxKeptBytes = 1L << 30) : BatchMemory
{
    private const int Alignment = 64;
    private const long SmallestBytes = 64 * 1024;

    private readonly Lock _gate = new();

    // The longest unused first. Batches' sizes change over time, so the array that was unused for longest is dropped first.
    private readonly List<byte[]> _kept = [];
    private long _keptBytes;

    /// <summary>Bytes that are kept and not used now.</summary>
    internal long KeptBytes
    {
        get
        {
            lock (_gate)
            {
                return _keptBytes;
            }
        }
    }

    /// <inheritdoc/>
    public override BatchBlock Rent(long bytes, TensorElement element)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        if (bytes > Array.MaxLength - Alignment)
        {
            throw new InvalidOperationException($"A batch tensor of {bytes} bytes is larger than one array can be; lower the batch size or limit the clips.");
        }

        long size = Math.Min(SizeClass(bytes + Alignment), Array.MaxLength);
        lock (_gate)
        {
            int found = _kept.FindLastIndex(array => array.LongLength == size);
            if (found >= 0)
            {
                byte[] array = _kept[found];
                _kept.RemoveAt(found);
                _keptBytes -= array.LongLength;
                return new Block(this, array);
            }
        }

        return new Block(this, GC.AllocateUninitializedArray<byte>((int)size, pinned: true));
    }

    // Sizes are rounded up to eighths of powers of two: at most an eighth is wasted, and batches of nearly the same size can use each other's arrays.
    private static long SizeClass(long bytes)
    {
        long step = Math.Max(SmallestBytes, (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)bytes) / 16);
        return (bytes + step - 1) / step * step;
    }

    private void Return(byte[] array)
    {
        lock (_gate)
        {
            _kept.Add(array);
            _keptBytes += array.LongLength;
            while (_keptBytes > maxKeptBytes)
            {
                _keptBytes -= _kept[0].LongLength;
                _kept.RemoveAt(0);
            }
        }
    }

    private sealed class Block : BatchBlock
    {
        private readonly PooledBatchMemory _owner;
        private byte[]? _array;

        public unsafe Block(PooledBatchMemory owner, byte[] array)
        {
            _owner = owner;
            _array = array;
            nint start = (nint)Unsafe.AsPointer(ref array[0]);
            Address = (start + Alignment - 1) & ~(Alignment - 1);
            Capacity = array.LongLength - (Address - start);
        }

        public override nint Address { get; }

        public override long Capacity { get; }

        protected override void Dispose(bool disposing)
        {
            if (Interlocked.Exchange(ref _array, null) is { } array)
            {
                _owner.Return(array);
            }
        }
    }
}
