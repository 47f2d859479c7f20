using System.Runtime.InteropServices;
using System.Text;

namespace ClipGuard.Manifests;

/// <summary>A list of many names that takes 8 bytes for each besides the UTF-8 of the name itself.</summary>
internal sealed class CompactNameList
{
    private const int PieceBits = 16;
    private const int PieceBytes = 1 << PieceBits;
    private const int LengthBits = 16;

    // Names are stored one after the other in pieces, no name in two of them. So growing copies nothing, and no array is large.
    private readonly List<byte[]> _pieces = [];
    private readonly List<ulong> _addresses = [];
    private int _used = PieceBytes;

    /// <summary>How many names there are.</summary>
    public int Count => _addresses.Count;

    /// <summary>A name's bytes.</summary>
    public ReadOnlySpan<byte> this[int index] => At(_addresses[index]);

    /// <summary>Adds a name.</summary>
    /// <exception cref="ArgumentException">It is longer than any path can be.</exception>
    public void Add(ReadOnlySpan<char> name)
    {
        int length = Encoding.UTF8.GetByteCount(name);
        if (length >= 1 << LengthBits)
        {
            throw new ArgumentException($"A name of {length} bytes is too long for a path.", nameof(name));
        }

        if (length > PieceBytes - _used)
        {
            _pieces.Add(new byte[PieceBytes]);
            _used = 0;
        }

        Encoding.UTF8.GetBytes(name, _pieces[^1].AsSpan(_used));
        ulong start = ((ulong)(_pieces.Count - 1) << PieceBits) + (ulong)_used;
        _addresses.Add((start << LengthBits) | (uint)length);
        _used += length;
    }

    /// <summary>Sorts the names by their bytes, and frees memory that was kept for more names.</summary>
    public void Sort()
    {
        CollectionsMarshal.AsSpan(_addresses).Sort((a, b) => At(a).SequenceCompareTo(At(b)));
        _addresses.TrimExcess();
    }

    private ReadOnlySpan<byte> At(ulong address)
    {
        ulong start = address >> LengthBits;
        return _pieces[(int)(start >> PieceBits)].AsSpan((int)(start & (PieceBytes - 1)), (int)(address & ((1 << LengthBits) - 1)));
    }
}
