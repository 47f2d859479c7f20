using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ClipGuard.Verdicts;

/// <summary>
/// A set of hashes in about seven bytes each, outside of the collected heap: ten million clips take 66 MB. Of a hash 64 bits count, so that among ten million
/// clips two are taken for one another with a probability of three in a million. Once it is full nothing more is added. Any number of threads.
/// </summary>
internal sealed unsafe class CompactHashSet : IDisposable
{
    // The upper 16 bits say which bucket, and 48 more lie in it.
    private const int Buckets = 1 << 16;
    private const int EntryBytes = 6;
    private const ulong EntryMask = (1UL << 48) - 1;

    // The entries of a bucket lie in a chain of blocks of one size, of which the first is not full: so growing moves nothing and leaves no gaps behind.
    private const int BlockEntries = 24;
    private const int BlockBytes = sizeof(int) + (BlockEntries * EntryBytes);
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

            byte* place = BlockAt(bucket.First) + sizeof(int) + (within * EntryBytes);
            Unsafe.WriteUnaligned(place, (uint)entry);
            Unsafe.WriteUnaligned(place + sizeof(uint), (ushort)(entry >> 32));
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
        return ((int)(bits >> 48), bits & EntryMask);
    }

    private bool Find(in Bucket bucket, ulong entry)
    {
        int used = bucket.Count % BlockEntries;
        used = used == 0 ? BlockEntries : used;
        for (int block = bucket.First; block != 0;)
        {
            byte* start = BlockAt(block);
            byte* end = start + sizeof(int) + (used * EntryBytes);
            for (byte* place = start + sizeof(int); place < end; place += EntryBytes)
            {
                if ((Unsafe.ReadUnaligned<ulong>(place) & EntryMask) == entry)
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
