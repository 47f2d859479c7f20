using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ClipGuard.Verdicts;

/// <summary>
/// A set of hashes in about six bytes each, outside of the collected heap: ten million clips take 61 MB. Of a hash 60 bits count, so that among ten million
/// clips two are taken for one another with a probability of four in a hundred thousand. Once it is full nothing more is added. Any number of threads.
/// </summary>
internal sealed unsafe class CompactHashSet : IDisposable
{
    // The upper 16 bits say which bucket, and 44 more lie in it: two entries in eleven bytes.
    private const int Buckets = 1 << 16;
    private const int EntryBits = 44;
    private const int PairBytes = 2 * EntryBits / 8;
    private const ulong EntryMask = (1UL << EntryBits) - 1;

    // The entries of a bucket lie in a chain of blocks of one size, of which the first is not full: so growing moves nothing and leaves no gaps behind.
    private const int BlockEntries = 24;
    private const int BlockBytes = sizeof(int) + (BlockEntries / 2 * PairBytes);
    private const int PieceBlocks = 1 << 12;

    private readonly Lock _lock = new();
    private readonly long _limit;
    private readonly List<nint> _pieces = [];
    private Bucket* _buckets;
    private int _blocks; // in use, those numbered from 1 on

    /// <param name="limit">Most hashes.</param>
    public CompactHashSet(long limit)
    {
        _limit = limit;
        _buckets = (Bucket*)NativeMemory.AllocZeroed(Buckets, (nuint)sizeof(Bucket));
    }

    ~CompactHashSet() => Free();

    /// <summary>Hashes in it.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a hash, unless it is there already or the set is full.</summary>
    /// <returns>True where it was added.</returns>
    public bool Add(UInt128 hash)
    {
        (int number, ulong entry) = Split(hash);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_buckets is null, this);
            ref Bucket bucket = ref _buckets[number];
            if (Count >= _limit || Find(bucket, entry))
            {
                return false;
            }

            int within = bucket.Count % BlockEntries;
            if (within == 0)
            {
                int block = NewBlock();
                *(int*)BlockAt(block) = bucket.First;
                bucket.First = block;
            }

            Write(BlockAt(bucket.First) + sizeof(int) + (within / 2 * PairBytes), isSecond: within % 2 != 0, entry);
            bucket.Count++;
            Count++;
            return true;
        }
    }

    /// <summary>Whether a hash was added.</summary>
    public bool Contains(UInt128 hash)
    {
        (int number, ulong entry) = Split(hash);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_buckets is null, this);
            return Find(_buckets[number], entry);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            Free();
        }

        GC.SuppressFinalize(this);
    }

    private static (int Bucket, ulong Entry) Split(UInt128 hash)
    {
        ulong bits = (ulong)(hash >> 64);
        return ((int)(bits >> 48), (bits >> 4) & EntryMask);
    }

    // The second one of a pair begins in the middle of a byte.
    private static void Write(byte* pair, bool isSecond, ulong entry)
    {
        byte* place = isSecond ? pair + (EntryBits / 8) : pair;
        ulong bits = isSecond ? (entry << 4) | (*place & 0xFUL) : entry;
        Unsafe.WriteUnaligned(place, (uint)bits);
        Unsafe.WriteUnaligned(place + sizeof(uint), (ushort)(bits >> 32));
    }

    private bool Find(in Bucket bucket, ulong entry)
    {
        int used = bucket.Count % BlockEntries;
        used = used == 0 ? BlockEntries : used;
        for (int block = bucket.First; block != 0;)
        {
            byte* start = BlockAt(block);
            byte* pair = start + sizeof(int);
            for (int left = used; left > 0; left -= 2, pair += PairBytes)
            {
                if ((Unsafe.ReadUnaligned<ulong>(pair) & EntryMask) == entry
                    || (left > 1 && (Unsafe.ReadUnaligned<ulong>(pair + (EntryBits / 8)) >> 4 & EntryMask) == entry))
                {
                    return true;
                }
            }

            block = *(int*)start;
            used = BlockEntries;
        }

        return false;
    }

    private byte* BlockAt(int block) => (byte*)_pieces[(block - 1) / PieceBlocks] + ((block - 1) % PieceBlocks * BlockBytes);

    private int NewBlock()
    {
        if (_blocks % PieceBlocks == 0)
        {
            // Entries are read eight bytes at a time. Memory that nothing was written to yet takes none.
            _pieces.Add((nint)NativeMemory.Alloc((nuint)((PieceBlocks * BlockBytes) + sizeof(ulong))));
        }

        return ++_blocks;
    }

    private void Free()
    {
        if (_buckets is null)
        {
            return;
        }

        foreach (nint piece in _pieces)
        {
            NativeMemory.Free((void*)piece);
        }

        NativeMemory.Free(_buckets);
        _buckets = null;
    }

    private struct Bucket
    {
        public int First; // block; 0 for none
        public int Count;
    }
}
