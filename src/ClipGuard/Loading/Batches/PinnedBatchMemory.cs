using System.Runtime.CompilerServices;

namespace ClipGuard.Loading;

/// <summary>Arrays on the pinned heap, kept for the next batch when one is given back.</summary>
public sealed class PinnedBatchMemory : BatchMemory
{
    private const int Alignment = 64;
    private const long SmallestBytes = 64 * 1024;
    private const int KeptOfOneSize = 8;

    private readonly Lock _gate = new();
    private readonly Dictionary<long, Stack<byte[]>> _kept = [];

    /// <inheritdoc/>
    public override BatchBlock Rent(long bytes, TensorElement element)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        long size = SizeClass(bytes + Alignment);
        if (size > Array.MaxLength)
        {
            throw new InvalidOperationException($"A batch tensor of {bytes} bytes is larger than one array can be; lower the batch size or limit the clips.");
        }

        lock (_gate)
        {
            if (_kept.TryGetValue(size, out Stack<byte[]>? arrays) && arrays.TryPop(out byte[]? array))
            {
                return new Block(this, array);
            }
        }

        return new Block(this, GC.AllocateUninitializedArray<byte>((int)size, pinned: true));
    }

    // Eighths of powers of two: at most an eighth is wasted, and sizes that differ a little share their arrays.
    private static long SizeClass(long bytes)
    {
        long step = Math.Max(SmallestBytes, (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)bytes) / 16);
        return (bytes + step - 1) / step * step;
    }

    private void Return(byte[] array)
    {
        lock (_gate)
        {
            if (!_kept.TryGetValue(array.LongLength, out Stack<byte[]>? arrays))
            {
                _kept.Add(array.LongLength, arrays = new Stack<byte[]>());
            }

            if (arrays.Count < KeptOfOneSize)
            {
                arrays.Push(array);
            }
        }
    }

    private sealed class Block : BatchBlock
    {
        private readonly PinnedBatchMemory _owner;
        private byte[]? _array;

        public unsafe Block(PinnedBatchMemory owner, byte[] array)
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
