using System.Text.Json;
using System.Text.Unicode;

using ClipGuard.Manifests;

namespace ClipGuard.Streams.Comparing;

/// <summary>
/// The rows of a CSV or TSV file of pairs, as the JSON that they stand for. Its first row names the columns, and both columns of a pair have to be
/// there.
/// </summary>
internal sealed class PairTable(string path, string referenceColumn, string distortedColumn, ManifestOptions options, PathResolver resolver)
{
    /// <summary>What cells are quoted with that hold line feeds.</summary>
    public const byte Quote = (byte)'"';

    private char _delimiter = path.EndsWith(".tsv", StringComparison.OrdinalIgnoreCase) ? '\t' : ',';
    private string[]? _columns;
    private TableRowReader? _rows;

    /// <summary>Takes the first row for the names of the columns.</summary>
    /// <returns>True for that row.</returns>
    /// <exception cref="ManifestException">It is none, or one of the two columns is not there.</exception>
    public bool IsHeader(TextLine line)
    {
        if (_columns is not null)
        {
            return false;
        }

        var pair = new Dictionary<string, string> { [referenceColumn] = referenceColumn, [distortedColumn] = distortedColumn };
        _delimiter = TableColumns.FindDelimiter(line, _delimiter, pair);
        _columns = TableColumns.Read(line, _delimiter, pair, path);
        _rows = new TableRowReader(_columns, _delimiter, options, resolver);
        return true;
    }

    /// <summary>A row as one JSON object.</summary>
    /// <param name="line">The row.</param>
    /// <param name="complaint">Why it is none; null where it is.</param>
    public byte[] ToJson(TextLine line, out string? complaint)
    {
        string[]? cells = Utf8.IsValid(line.Text) ? CsvCells.Split(line.Text, _delimiter) : null;
        complaint = cells is null ? "found what is no row of a table, expected cells in UTF-8, quotes after quoted ones"
            : cells.Length != _columns!.Length ? $"found {cells.Length} cells, expected {_columns.Length}, one for each column"
            : null;
        try
        {
            return complaint is null ? _rows!.ToJson(cells!) : [];
        }
        catch (JsonException error)
        {
            complaint = $"found a cell that is no JSON: {error.Message}";
            return [];
        }
    }
}
