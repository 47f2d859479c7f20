using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ClipGuard.Manifests;

/// <summary>
/// The byte offset, length and line of every row of a file. Nearly every row begins where the one before it ends: its length alone is kept then, in two
/// bytes or three. Rows are in blocks, whose first ones are kept whole and which the others are reckoned from. No array is large, and growing copies
/// nothing.
/// </summary>
internal sealed class RowIndex
{
    private const int BlockRows = 64;
    private const int PieceBlocks = 1024;
    private const int PieceBytes = 64 * 1024;
    private const int MostBytesOfBlock = BlockRows * 3 * VariableLengthInteger.MaxBytes;

    private readonly List<Block[]> _blocks = [];
    private readonly List<byte[]> _pieces = [];
    private RowIndexEntry _last;
    private int _used; // bytes of the last piece

    public long Count { get; private set; }

    private long BlockCount => (Count + BlockRows - 1) / BlockRows;

    public RowIndexEntry this[long row]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)row, (ulong)Count, nameof(row));
            (long number, long within) = Math.DivRem(row, BlockRows);
            ref readonly Block block = ref BlockAt(number);
            RowIndexEntry address = block.First;
            ReadOnlySpan<byte> bytes = _pieces[block.Piece].AsSpan(block.Start);
            for (int at = 0; within > 0; within--)
            {
                address = ReadNext(bytes, ref at, address);
            }

            return address;
        }
    }

    /// <summary>Bytes that it holds, about.</summary>
    public long HeldBytes => _pieces.Sum(static piece => (long)piece.Length) + _blocks.Sum(static blocks => (long)blocks.Length * Marshal.SizeOf<Block>());

    /// <summary>Gives back what it holds for rows that do not come: nothing can be added any more.</summary>
    public void Trim()
    {
        if (_pieces.Count > 0)
        {
            _pieces[^1] = _pieces[^1][.._used];
            _blocks[^1] = _blocks[^1][..(int)(BlockCount - ((_blocks.Count - 1L) * PieceBlocks))];
            _pieces.TrimExcess();
            _blocks.TrimExcess();
        }
    }

    public void Add(RowIndexEntry address)
    {
        if (Count % BlockRows == 0)
        {
            BeginBlock(address);
        }
        else
        {
            WriteNext(_pieces[^1], ref _used, _last, address);
        }

        _last = address;
        Count++;
    }

    /// <summary>The row whose <see cref="RowIndexEntry.Line"/>, which must ascend, is the one given; -1 for none.</summary>
    public long FindLine(long line)
    {
        long low = 0;
        long high = Count - 1;
        while (low <= high)
        {
            long middle = low + ((high - low) / 2);
            int at = this[middle].Line;
            if (at == line)
            {
                return middle;
            }

            (low, high) = at < line ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }

    /// <summary>The list as bytes for <see cref="FromBytes"/> on a machine of the same byte order.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> ToBytes()
    {
        byte[] counts = new byte[sizeof(long) + sizeof(int)];
        BinaryPrimitives.WriteInt64LittleEndian(counts, Count);
        BinaryPrimitives.WriteInt32LittleEndian(counts.AsSpan(sizeof(long)), _used);
        yield return counts;
        for (int piece = 0; piece < _pieces.Count; piece++)
        {
            yield return _pieces[piece].AsMemory(0, piece == _pieces.Count - 1 ? _used : PieceBytes);
        }

        long left = BlockCount;
        foreach (Block[] blocks in _blocks)
        {
            yield return MemoryMarshal.AsBytes(blocks.AsSpan(0, (int)Math.Min(left, PieceBlocks))).ToArray();
            left -= PieceBlocks;
        }
    }

    /// <summary>A list that <see cref="ToBytes"/> gave.</summary>
    public static RowIndex FromBytes(ReadOnlySpan<byte> bytes)
    {
        var index = new RowIndex
        {
            Count = BinaryPrimitives.ReadInt64LittleEndian(bytes),
            _used = BinaryPrimitives.ReadInt32LittleEndian(bytes[sizeof(long)..]),
        };
        int blockBytes = Marshal.SizeOf<Block>();
        ReadOnlySpan<byte> pieces = bytes[(sizeof(long) + sizeof(int))..^(int)(index.BlockCount * blockBytes)];
        ReadOnlySpan<Block> blocks = MemoryMarshal.Cast<byte, Block>(bytes[^(int)(index.BlockCount * blockBytes)..]);
        for (int at = 0; at < pieces.Length || (at == pieces.Length && index.Count > 0 && index._used == 0); at += PieceBytes)
        {
            // The last one has nothing in it where it was begun with a block of one row.
            ReadOnlySpan<byte> piece = pieces[at..Math.Min(at + PieceBytes, pieces.Length)];
            index._pieces.Add(GC.AllocateUninitializedArray<byte>(PieceBytes));
            piece.CopyTo(index._pieces[^1]);
        }

        for (int at = 0; at < blocks.Length; at += PieceBlocks)
        {
            index._blocks.Add(new Block[PieceBlocks]);
            blocks[at..Math.Min(at + PieceBlocks, blocks.Length)].CopyTo(index._blocks[^1]);
        }

        index._last = index.Count > 0 ? index[index.Count - 1] : default;
        return index;
    }

    // No block is in two pieces.
    private void BeginBlock(RowIndexEntry first)
    {
        if (_pieces.Count == 0 || PieceBytes - _used < MostBytesOfBlock)
        {
            _pieces.Add(GC.AllocateUninitializedArray<byte>(PieceBytes));
            _used = 0;
        }

        int within = (int)(Count / BlockRows % PieceBlocks);
        if (within == 0)
        {
            _blocks.Add(new Block[PieceBlocks]);
        }

        _blocks[^1][within] = new Block(first, _pieces.Count - 1, _used);
    }

    private ref readonly Block BlockAt(long number) => ref _blocks[(int)(number / PieceBlocks)][number % PieceBlocks];

    // An odd number is half of it the length of a row that follows; after an even one the rest is said too.
    private static void WriteNext(Span<byte> bytes, ref int end, RowIndexEntry before, RowIndexEntry row)
    {
        if (row.Follows(before))
        {
            VariableLengthInteger.Write(bytes, ref end, ((ulong)row.Length << 1) | 1);
            return;
        }

        VariableLengthInteger.Write(bytes, ref end, VariableLengthInteger.Unsigned(row.Length) << 1);
        VariableLengthInteger.Write(bytes, ref end, VariableLengthInteger.Unsigned(row.Offset - before.Offset));
        VariableLengthInteger.Write(bytes, ref end, VariableLengthInteger.Unsigned((long)row.Line - before.Line));
    }

    private static RowIndexEntry ReadNext(ReadOnlySpan<byte> bytes, ref int at, RowIndexEntry before)
    {
        ulong length = VariableLengthInteger.Read(bytes, ref at);
        if ((length & 1) == 1)
        {
            return before.Next((int)(length >> 1));
        }

        long offset = before.Offset + VariableLengthInteger.Signed(VariableLengthInteger.Read(bytes, ref at));
        long line = before.Line + VariableLengthInteger.Signed(VariableLengthInteger.Read(bytes, ref at));
        return new RowIndexEntry(offset, (int)VariableLengthInteger.Signed(length >> 1), (int)line);
    }

    /// <summary>Some rows.</summary>
    /// <param name="First">The first.</param>
    /// <param name="Piece">Where the others are, each reckoned from the one before it: which array,</param>
    /// <param name="Start">and from which byte of it on.</param>
    private readonly record struct Block(RowIndexEntry First, int Piece, int Start);
}
