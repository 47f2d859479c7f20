using System.Runtime.CompilerServices;

namespace ClipGuard.Manifests;

/// <summary>
/// A CSV or TSV file whose first row names its columns. Columns named as ms-swift's keys mean the same: <c>messages</c> (JSON), <c>images</c>,
/// <c>video</c>, … (a path, or a JSON list of them). <c>system</c>, <c>query</c> and <c>response</c> make messages where there is no such column.
/// Every other column is a field of the sample, its cells JSON strings. Quoted cells may hold line breaks. UTF-8.
/// </summary>
public sealed class TableManifest : IIndexableManifest
{
    private readonly TableOptions _options;
    private readonly PathResolver _paths;

    /// <summary>A manifest that is opened when it is read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How it is read; null for the defaults.</param>
    public TableManifest(string path, TableOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _options = options ?? new TableOptions();
        Name = Path.GetFullPath(path);
        _paths = PathResolver.For(_options.Rows, Path.GetDirectoryName(Name)!);
    }

    /// <inheritdoc/>
    public string Name { get; }

    private char Delimiter => _options.Delimiter ?? (Name.EndsWith(".tsv", StringComparison.OrdinalIgnoreCase) ? '\t' : ',');

    /// <inheritdoc/>
    public async IAsyncEnumerable<ManifestRow> ReadRowsAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using LineReader lines = Open();
        TableRowReader? rows = null;
        while (await lines.FillAsync(cancellation).ConfigureAwait(false))
        {
            while (lines.TryRead(out TextLine line))
            {
                cancellation.ThrowIfCancellationRequested();
                if (rows is null)
                {
                    rows = line.IsBlank ? null : NewReader(line);
                }
                else if (rows.Read(line) is { } row)
                {
                    yield return row;
                }
            }
        }
    }

    /// <inheritdoc/>
    public async Task<IndexedRows> IndexAsync(CancellationToken cancellation = default)
    {
        string[] columns = await ReadColumnsAsync(cancellation).ConfigureAwait(false);
        return await IndexedLines.BuildAsync(
            Open(), Name, skipRows: 1, () => new TableRowReader(columns, Delimiter, _options, _paths), cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<string> FingerprintAsync(CancellationToken cancellation = default) => FileFingerprint.OfAsync([Name], cancellation);

    private async Task<string[]> ReadColumnsAsync(CancellationToken cancellation)
    {
        using LineReader lines = Open();
        while (await lines.FillAsync(cancellation).ConfigureAwait(false))
        {
            while (lines.TryRead(out TextLine line))
            {
                if (!line.IsBlank)
                {
                    return TableColumns.Read(line, Delimiter, _options, Name);
                }
            }
        }

        return [];
    }

    private TableRowReader NewReader(TextLine header) => new(TableColumns.Read(header, Delimiter, _options, Name), Delimiter, _options, _paths);

    private LineReader Open() => LineReader.Open(Name, _options.Rows.MaxLineBytes, quote: (byte)'"');
}
