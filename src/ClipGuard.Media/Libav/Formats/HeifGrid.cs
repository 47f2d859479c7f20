using ClipGuard.Media.Libav.Bytes;

namespace ClipGuard.Media.Libav.Formats;

/// <summary>
/// A picture of an AVIF or HEIC file that is put together from others, all coded alike and of one size: row by row, and cut at the right and below
/// (ISO/IEC 23008-12, 6.6.2.3).
/// </summary>
/// <param name="Columns">Pieces side by side.</param>
/// <param name="Rows">Pieces one below the other.</param>
/// <param name="Width">Pixels of the whole picture.</param>
/// <param name="Height">Pixels of the whole picture.</param>
internal sealed record HeifGrid(int Columns, int Rows, int Width, int Height)
{
    // Version, flags, rows, columns, and a size in numbers of 16 or 32 bits.
    private const int MostBytes = 12;

    /// <summary>The pieces' numbers among the file's pictures.</summary>
    public required IReadOnlyList<uint> Items { get; init; }

    /// <summary>Where each piece's bytes lie in the file.</summary>
    public required IReadOnlyList<HeifExtents> Pieces { get; init; }

    /// <summary>How the pieces are coded: four letters.</summary>
    public required string Coding { get; init; }

    /// <summary>What their decoder has to know beforehand (<c>hvcC</c>, <c>av1C</c>).</summary>
    public required byte[] Configuration { get; init; }

    /// <summary>Pixels of each piece.</summary>
    public required (int Width, int Height) Piece { get; init; }

    /// <summary>Reads a grid.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="item">The grid's number among the file's pictures.</param>
    /// <param name="tables">What the file says of its pictures.</param>
    /// <returns>Null where its pieces differ, have alpha of their own or do not cover it, and where anything of it is missing.</returns>
    public static HeifGrid? Read(ClipBytes bytes, uint item, HeifTables tables)
    {
        var fields = new BoxFieldReader(tables.ExtentsOf(item).Read(bytes, MostBytes));
        uint version = fields.Number(1);
        int numberBytes = (fields.Number(1) & 1) == 0 ? 2 : 4;
        (int rows, int columns) = ((int)fields.Number(1) + 1, (int)fields.Number(1) + 1);
        (uint width, uint height) = (fields.Number(numberBytes), fields.Number(numberBytes));
        uint[] pieces = [.. tables.References.Where(reference => reference.Kind == "dimg" && reference.From == item).Select(reference => reference.To)];
        if (fields.IsAtEnd || version != 0 || pieces.Length != rows * columns || width is 0 or > int.MaxValue || height is 0 or > int.MaxValue)
        {
            return null;
        }

        HeifProperties properties = tables.Properties;
        string? coding = tables.Codings.GetValueOrDefault(pieces[0]);
        byte[] configuration = properties.ConfigurationOf(pieces[0]);
        (uint Width, uint Height) piece = properties.SizeOf(pieces[0]);
        bool covers = piece.Width is > 0 and <= int.MaxValue && piece.Height is > 0 and <= int.MaxValue
            && IsCovered(width, piece.Width, columns) && IsCovered(height, piece.Height, rows);
        HashSet<uint> distinct = [.. pieces];
        bool haveAlpha = tables.References.Any(reference => reference.Kind == "auxl" && distinct.Contains(reference.To) && properties.IsAlpha(reference.From));
        bool areAlike = distinct.All(other => tables.Codings.GetValueOrDefault(other) == coding && properties.SizeOf(other) == piece
            && properties.TurnOf(other).IsUpright && !properties.IsCut(other)
            && properties.ConfigurationOf(other).AsSpan().SequenceEqual(configuration));
        return coding is not ("av01" or "hvc1") || !covers || !areAlike || haveAlpha ? null : new HeifGrid(columns, rows, (int)width, (int)height)
        {
            Items = pieces,
            Pieces = [.. pieces.Select(tables.ExtentsOf)],
            Coding = coding,
            Configuration = configuration,
            Piece = ((int)piece.Width, (int)piece.Height),
        };
    }

    // No piece lies outside altogether.
    private static bool IsCovered(uint whole, uint piece, int pieces) => (long)piece * pieces >= whole && (long)piece * (pieces - 1) < whole;
}
