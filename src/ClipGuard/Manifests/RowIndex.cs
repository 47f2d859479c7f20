namespace ClipGuard.Manifests;

/// <summary>Where one row is.</summary>
/// <param name="Offset">First byte.</param>
/// <param name="Length">Bytes, or what the kind of manifest defines; negative where the row is known to be bad.</param>
/// <param name="Line">1-based line, or what the kind of manifest defines.</param>
internal readonly record struct RowAddress(long Offset, int Length, int Line);

/// <summary>A list of addresses, of 16 bytes each, in pieces: growing copies nothing, and no array is large.</summary>
internal sealed class RowIndex
{
    private const int PieceBits = 12;
    private const int PieceRows = 1 << PieceBits;

    private readonly List<RowAddress[]> _pieces = [];

    public long Count { get; private set; }

    public RowAddress this[long row]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)row, (ulong)Count, nameof(row));
            return _pieces[(int)(row >> PieceBits)][row & (PieceRows - 1)];
        }
    }

    public void Add(RowAddress address)
    {
        int within = (int)(Count & (PieceRows - 1));
        if (within == 0)
        {
            _pieces.Add(new RowAddress[PieceRows]);
        }

        _pieces[^1][within] = address;
        Count++;
    }

    /// <summary>The row whose <see cref="RowAddress.Line"/>, which must ascend, is the one given; -1 for none.</summary>
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
}
