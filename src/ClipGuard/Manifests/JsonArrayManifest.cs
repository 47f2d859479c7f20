using System.Runtime.CompilerServices;

using ClipGuard.Manifests.Sharding;

namespace ClipGuard.Manifests;

/// <summary>
/// A file that holds one JSON array, each element of it a row as in a <see cref="JsonLinesManifest"/>. It is read element by element, and never as a whole.
/// The line of a row is its 1-based number in the array. Its raw bytes are those of a JSON Lines file: line breaks between its parts are spaces, and one
/// follows it. What is said of a bad row tells the byte of the file at which the row begins, and its column counts from there.
/// </summary>
public sealed class JsonArrayManifest : IIndexableManifest, IShardableManifest, ITextManifest, IUnparsedRowManifest, IResumableManifest
{
    private readonly ManifestOptions _options;
    private readonly string _path;
    private readonly InMemoryRowOffsets _noted = new();
    private readonly PathResolver _paths;

    /// <summary>A manifest that is opened when it is read.</summary>
    /// <param name="path">The file, or its address.</param>
    /// <param name="options">How rows are read; null for the defaults. <see cref="ManifestOptions.MaxLineBytes"/> limits a row.</param>
    public JsonArrayManifest(string path, ManifestOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _options = JsonLinesManifest.WithDefaults(options, path);
        _path = ManifestFiles.FullPath(path);
        Name = ManifestFiles.Shown(_path);
        _paths = PathResolver.For(_options, ManifestFiles.FolderOf(_path));
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Kind => "a JSON array";

    TextFormat? ITextManifest.Format => JsonLinesManifest.LinesOfJson;

    /// <inheritdoc/>
    public IAsyncEnumerable<ManifestRow> ReadRowsAsync(CancellationToken cancellation = default) =>
        ReadRowsAsync(() => Open(new ManifestFiles(_options)), cancellation);

    IAsyncEnumerable<ManifestRow>? IResumableManifest.ReadRowsBehind(ManifestResumePoint position, CancellationToken cancellation) =>
        position.Next.Offset == 0 ? null
        : ReadRowsAsync(() => OpenWithin(position.Next, new ManifestFiles(_options)), cancellation);

    private async IAsyncEnumerable<ManifestRow> ReadRowsAsync(Func<LineReader> open, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using LineReader elements = open();
        JsonArrayRowParser rows = NewReader();
        while (await elements.FillAsync(cancellation).ConfigureAwait(false))
        {
            while (elements.TryRead(out TextLine element))
            {
                cancellation.ThrowIfCancellationRequested();
                if (rows.Read(element) is { } row)
                {
                    row.Next = elements.Next;
                    yield return row;
                }
            }
        }
    }

    /// <inheritdoc/>
    public Task<IndexedRows> IndexAsync(CancellationToken cancellation = default) =>
        IndexedLines.OpenAsync(Open, _path, "array", 0, NewReader, _options, cancellation);

    /// <inheritdoc/>
    public Task<string> FingerprintAsync(CancellationToken cancellation = default) =>
        FileFingerprint.OfAsync([_path], new ManifestFiles(_options), cancellation);

    /// <inheritdoc/>
    /// <remarks>A range of bytes that ends at an element, after one pass over the file that finds them. Lines are those of the whole array.</remarks>
    public async Task<ManifestShard> OpenShardAsync(ShardNumber shard, CancellationToken cancellation = default)
    {
        JsonLinesManifest.PipeHasNoShards(_path);
        var files = new ManifestFiles(_options);
        MarkedRange range = await RowBoundaryCache.CutAsync(_path, files, "a JSON array", default, () => Open(files), shard, cancellation)
            .ConfigureAwait(false);
        LineReader OpenAt(RowBoundary row) => row.LinesBefore == 0 ? Open(files) : OpenWithin(row, files);
        return new TextShard(this, shard, range.Extent, range.FileBytes, range.From, OpenAt, NewReader, countsLines: false);
    }

    IUnparsedRowReader IUnparsedRowManifest.ReadUnparsed() =>
        new UnparsedLineReader(() => Open(new ManifestFiles(_options)), (_, _) => new RowReaderChoice(NewReader), _path, _noted);

    private LineReader Open(ManifestFiles files) => LineReader.Open(_path, _options.MaxLineBytes, array: new JsonArrayScan(), files: files);

    private LineReader OpenWithin(RowBoundary from, ManifestFiles files) =>
        LineReader.Open(_path, _options.MaxLineBytes, array: JsonArrayScan.WithinArray(), from: from, files: files);

    private JsonArrayRowParser NewReader() => new(_options, _paths);
}
