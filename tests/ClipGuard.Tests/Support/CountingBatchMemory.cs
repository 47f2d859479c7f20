using ClipGuard.Loading;

namespace ClipGuard.Tests.Support;

/// <summary>Memory of batches that counts what is lent.</summary>
internal sealed class CountingBatchMemory : BatchMemory
{
    private readonly PooledBatchMemory _inner = new(maxKeptBytes: 0);
    private long _bytes;
    private long _mostBytes;

    public int Lent;

    public long MostBytes => Interlocked.Read(ref _mostBytes);

    public override BatchBlock Rent(long bytes, TensorElement element)
    {
        Interlocked.Increment(ref Lent);
        var block = new Counted(this, _inner.Rent(bytes, element));
        long now = Interlocked.Add(ref _bytes, block.Capacity);
        for (long most = MostBytes; now > most; most = MostBytes)
        {
            Interlocked.CompareExchange(ref _mostBytes, now, most);
        }

        return block;
    }

    private sealed class Counted(CountingBatchMemory owner, BatchBlock inner) : BatchBlock
    {
        private int _isGivenBack;

        public override nint Address => inner.Address;

        public override long Capacity => inner.Capacity;

        protected override void Dispose(bool disposing)
        {
            if (Interlocked.Exchange(ref _isGivenBack, 1) == 0)
            {
                Interlocked.Add(ref owner._bytes, -Capacity);
                inner.Dispose();
                Interlocked.Decrement(ref owner.Lent);
            }
        }
    }
}
