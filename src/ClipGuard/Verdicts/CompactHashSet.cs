using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ClipGuard.Verdicts;

/// <summary>
/// A set of hashes in about seven bytes each, outside of the collected heap: ten million clips take 70 MB. Of a hash 64 bits count, so that among ten million
/// clips two are taken for one another with a probability of three in a million. Once it is full nothing more is added. Any number of threads.
/// </summary>
internal sealed unsafe class CompactHashSet : IDisposable
{
    // The upper 16 bits say which bucket, and 48 more lie in it.
    private const int Buckets = 1 << 16;
    private const int EntryBytes = 6;
    private const ulong EntryMask = (1UL << 48) - 1;
    private const int FirstCapacity = 8;

    private readonly Lock _lock = new();
    private readonly long _limit;
    private Bucket* _buckets;

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

            if (bucket.Count == bucket.Capacity)
            {
                bucket.Capacity = bucket.Capacity == 0 ? FirstCapacity : bucket.Capacity + (bucket.Capacity / 8) + 1;

                // Entries are read eight bytes at a time.
                bucket.Entries = (byte*)NativeMemory.Realloc(bucket.Entries, (nuint)((bucket.Capacity * EntryBytes) + sizeof(ulong) - EntryBytes));
            }

            byte* place = bucket.Entries + (bucket.Count * EntryBytes);
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

    private static bool Find(in Bucket bucket, ulong entry)
    {
        byte* end = bucket.Entries + (bucket.Count * EntryBytes);
        for (byte* place = bucket.Entries; place < end; place += EntryBytes)
        {
            if ((Unsafe.ReadUnaligned<ulong>(place) & EntryMask) == entry)
            {
                return true;
            }
        }

        return false;
    }

    private void Free()
    {
        if (_buckets is null)
        {
            return;
        }

        for (int number = 0; number < Buckets; number++)
        {
            NativeMemory.Free(_buckets[number].Entries);
        }

        NativeMemory.Free(_buckets);
        _buckets = null;
    }

    private struct Bucket
    {
        public byte* Entries;
        public int Count;
        public int Capacity;
    }
}
