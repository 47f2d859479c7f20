using System.Runtime.CompilerServices;

using ClipGuard.Manifests.Sharding;

namespace ClipGuard.Manifests;

/// <summary>
/// A CSV or TSV file whose first row names its columns. Columns named as ms-swift's keys mean the same: <c>messages</c> (JSON), <c>images</c>,
/// <c>video</c>, … (a path, or a JSON list of them). <c>system</c>, <c>query</c>, <c>response</c> and the other names that ms-swift knows make messages where
/// there is no such column. Every other column is a field of the sample, its cells JSON strings. Quoted cells may hold line breaks. UTF-8.
/// </summary>
public sealed class TableManifest : IIndexableManifest, IShardableManifest, ITextManifest, IUnparsedRowManifest, IResumableManifest
{
    private readonly TableOptions _options;
    private readonly string _path;
    private readonly InMemoryRowOffsets _noted = new();
    private readonly PathResolver _paths;

    // As it was read last: of a pipe it cannot be had again.
    private Header? _header;

    /// <summary>A manifest that is opened when it is read.</summary>
    /// <param name="path">The file, or its address.</param>
    /// <param name="options">How it is read; null for the defaults.</param>
    public TableManifest(string path, TableOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _options = options ?? new TableOptions();
        _options = _options with { Rows = _options.Rows.For(path) };
        _path = ManifestFiles.FullPath(path);
        Name = ManifestFiles.Shown(_path);
        _paths = PathResolver.For(_options.Rows, ManifestFiles.FolderOf(_path));
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Kind => (IsTabbed ? "TSV" : "CSV") + (_options.Rows.NamesFiles ? " with file names, beside their files" : string.Empty);

    TextFormat? ITextManifest.Format => new(IsTabbed ? ".tsv" : ".csv", async stop => (_header ?? await ReadHeaderAsync(stop).ConfigureAwait(false)).Raw);

    private bool IsTabbed => Name.EndsWith(".tsv", StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public IAsyncEnumerable<ManifestRow> ReadRowsAsync(CancellationToken cancellation = default) =>
        ReadRowsAsync(() => Open(new ManifestFiles(_options.Rows)), null, cancellation);

    IAsyncEnumerable<ManifestRow>? IResumableManifest.ReadRowsBehind(ManifestResumePoint position, CancellationToken cancellation) =>
        position.Next.Offset == 0 ? null : ReadRowsBehindAsync(position.Next, cancellation);

    private async IAsyncEnumerable<ManifestRow> ReadRowsBehindAsync(RowBoundary mark, [EnumeratorCancellation] CancellationToken cancellation)
    {
        Header header = await ReadHeaderAsync(cancellation).ConfigureAwait(false);
        LineReader OpenThere() => LineReader.Open(_path, _options.Rows.MaxLineBytes, quote: (byte)'"', from: mark, files: new ManifestFiles(_options.Rows));
        await foreach (ManifestRow row in ReadRowsAsync(OpenThere, header.NewReader(), cancellation).ConfigureAwait(false))
        {
            yield return row;
        }
    }

    private async IAsyncEnumerable<ManifestRow> ReadRowsAsync(
        Func<LineReader> open, TableRowParser? rows, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using LineReader lines = open();
        while (await lines.FillAsync(cancellation).ConfigureAwait(false))
        {
            while (lines.TryRead(out TextLine line))
            {
                cancellation.ThrowIfCancellationRequested();
                if (rows is null)
                {
                    rows = line.IsBlank ? null : (_header = ReadHeader(line, lines.HasByteOrderMark)).NewReader();
                }
                else if (rows.Read(line) is { } row)
                {
                    row.Next = lines.Next;
                    yield return row;
                }
            }
        }
    }

    /// <inheritdoc/>
    public async Task<IndexedRows> IndexAsync(CancellationToken cancellation = default)
    {
        Func<TableRowParser> newReader = (await ReadHeaderAsync(cancellation).ConfigureAwait(false)).NewReader;
        return await IndexedLines.OpenAsync(Open, _path, "table", skipRows: 1, newReader, _options.Rows, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<string> FingerprintAsync(CancellationToken cancellation = default) =>
        FileFingerprint.OfAsync([_path], new ManifestFiles(_options.Rows), cancellation);

    /// <inheritdoc/>
    /// <remarks>A range of bytes that ends at a row, after one pass over the file that finds them. Lines are those of the whole table.</remarks>
    public async Task<ManifestShard> OpenShardAsync(ShardNumber shard, CancellationToken cancellation = default)
    {
        JsonLinesManifest.PipeHasNoShards(_path);
        var files = new ManifestFiles(_options.Rows);
        Header header = await ReadHeaderAsync(cancellation).ConfigureAwait(false);
        LineReader OpenAt(RowBoundary row) => LineReader.Open(_path, _options.Rows.MaxLineBytes, quote: (byte)'"', from: row, files: files);
        MarkedRange range = await RowBoundaryCache.CutAsync(_path, files, "a table", header.FirstRow, () => OpenAt(header.FirstRow), shard, cancellation)
            .ConfigureAwait(false);
        return new TextShard(this, shard, range.Extent, range.FileBytes, range.From, OpenAt, header.NewReader, countsLines: false);
    }

    IUnparsedRowReader IUnparsedRowManifest.ReadUnparsed() =>
        new UnparsedLineReader(
            () => Open(new ManifestFiles(_options.Rows)),
            (lines, first) => new RowReaderChoice((_header = ReadHeader(first, lines.HasByteOrderMark)).NewReader, IsHeader: true),
            _path,
            _noted);

    private async Task<Header> ReadHeaderAsync(CancellationToken cancellation)
    {
        using LineReader lines = Open(new ManifestFiles(_options.Rows));
        while (await lines.FillAsync(cancellation).ConfigureAwait(false))
        {
            while (lines.TryRead(out TextLine line))
            {
                if (!line.IsBlank)
                {
                    return ReadHeader(line, lines.HasByteOrderMark) with { FirstRow = lines.Next };
                }
            }
        }

        return new Header(default, () => new TableRowParser([], ',', _options.Rows, _paths));
    }

    private Header ReadHeader(TextLine header, bool hasMark)
    {
        char delimiter = _options.Delimiter ?? TableColumns.FindDelimiter(header, IsTabbed ? '\t' : ',', _options.Rows.Columns);
        string[] columns = TableColumns.Read(header, delimiter, _options.Rows.Columns, Name);
        if (_options.Rows.FieldsAlone is null
            && !columns.Any(column => TableColumns.NamesClips(column) || (_options.Rows.NamesFiles && MetadataFiles.NamesFiles(column))))
        {
            throw new ManifestException(
                $"No column of {Name} names clips; its columns are {string.Join(", ", columns)}. Say which does: --columns NAME=video (or audio, image), "
                + $"or {nameof(ManifestOptions)}.{nameof(ManifestOptions.Columns)}.");
        }

        // Without its mark Excel would not take a copy for UTF-8.
        byte[] raw = [.. hasMark ? "\uFEFF"u8 : [], .. header.Raw.Span, .. header.Raw.Span.EndsWith((byte)'\n') ? ReadOnlySpan<byte>.Empty : "\n"u8];
        return new Header(raw, () => new TableRowParser(columns, delimiter, _options.Rows, _paths));
    }

    private LineReader Open(ManifestFiles files) => LineReader.Open(_path, _options.Rows.MaxLineBytes, quote: (byte)'"', files: files);

    /// <summary>A table's row of names: its bytes, and what reads the rows below it.</summary>
    private sealed record Header(ReadOnlyMemory<byte> Raw, Func<TableRowParser> NewReader)
    {
        /// <summary>Where the rows below it begin; only <see cref="ReadHeaderAsync"/> knows it.</summary>
        public RowBoundary FirstRow { get; init; }
    }
}
