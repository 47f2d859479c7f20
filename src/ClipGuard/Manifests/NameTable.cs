using System.Runtime.InteropServices;
using System.Text;

namespace ClipGuard.Manifests;

/// <summary>Many names at 8 bytes each besides the UTF-8 of the names themselves.</summary>
internal sealed class NameTable
{
    private const int PieceBits = 16;
    private const int PieceBytes = 1 << PieceBits;
    private const int LengthBits = 16;

    // Names lie one behind the other in pieces, none of them in two; growing never copies, and no piece is large.
    private readonly List<byte[]> _pieces = [];
    private readonly List<ulong> _places = [];
    private int _used = PieceBytes;

    /// <summary>How many names there are.</summary>
    public int Count => _places.Count;

    /// <summary>A name's bytes.</summary>
    public ReadOnlySpan<byte> this[int index] => At(_places[index]);

    /// <summary>Adds a name.</summary>
    /// <exception cref="ArgumentException">It is longer than any path can be.</exception>
    public void Add(ReadOnlySpan<char> name)
    {
        int length = Encoding.UTF8.GetByteCount(name);
        if (length >= 1 << LengthBits)
        {
            throw new ArgumentException($"A name of {length} bytes is none.", nameof(name));
        }

        if (length > PieceBytes - _used)
        {
            _pieces.Add(new byte[PieceBytes]);
            _used = 0;
        }

        Encoding.UTF8.GetBytes(name, _pieces[^1].AsSpan(_used));
        ulong start = ((ulong)(_pieces.Count - 1) << PieceBits) + (ulong)_used;
        _places.Add((start << LengthBits) | (uint)length);
        _used += length;
    }

    /// <summary>Puts the names into the order of their bytes, and gives back what room was kept for more.</summary>
    public void Sort()
    {
        CollectionsMarshal.AsSpan(_places).Sort((a, b) => At(a).SequenceCompareTo(At(b)));
        _places.TrimExcess();
    }

    private ReadOnlySpan<byte> At(ulong place)
    {
        ulong start = place >> LengthBits;
        return _pieces[(int)(start >> PieceBits)].AsSpan((int)(start & (PieceBytes - 1)), (int)(place & ((1 << LengthBits) - 1)));
    }
}
