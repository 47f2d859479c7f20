using System.Runtime.CompilerServices;

using ClipGuard.Manifests.Sharding;
using ClipGuard.Media.Native;

namespace ClipGuard.Manifests;

/// <summary>
/// A JSON Lines file in ms-swift's format: one object a line, with <c>messages</c> (or its text in another form that ms-swift knows) and the clips under
/// <c>images</c>, <c>videos</c> and <c>audios</c>. UTF-8 with or without a byte order mark, lines ended by LF or CRLF; lines of white space are no rows.
/// What begins as a JSON array is read as one where rows are read in order, as from a pipe; an index of it is made by <see cref="JsonArrayManifest"/>.
/// </summary>
public sealed class JsonLinesManifest : IIndexableManifest, IShardableManifest, ITextManifest, IUnparsedRowManifest, IResumableManifest
{
    private readonly ManifestOptions _options;
    private readonly string _path;
    private readonly InMemoryRowOffsets _noted = new();
    private readonly PathResolver _paths;

    /// <summary>A manifest that is opened when it is read.</summary>
    /// <param name="path">The file, or its address; it may be a pipe where it is read only once.</param>
    /// <param name="options">How rows are read; null for the defaults.</param>
    public JsonLinesManifest(string path, ManifestOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _options = WithDefaults(options, path);
        _path = ManifestFiles.FullPath(path);
        Name = ManifestFiles.Shown(_path);
        _paths = PathResolver.For(_options, ManifestFiles.FolderOf(_path));
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Kind => _options.NamesFiles ? "JSON Lines with file names, beside their files"
        : FileFacts.OfPath(_path, out FileFacts facts) is null && facts.WhyNotRegular is not null ? "JSON Lines or a JSON array"
        : "JSON Lines";

    /// <summary>How rows of JSON stand in a file of their own.</summary>
    internal static TextFormat LinesOfJson { get; } = new(".jsonl", static _ => Task.FromResult(ReadOnlyMemory<byte>.Empty));

    TextFormat? ITextManifest.Format => LinesOfJson;

    /// <inheritdoc/>
    public IAsyncEnumerable<ManifestRow> ReadRowsAsync(CancellationToken cancellation = default) =>
        ReadRowsAsync(() => LineReader.Open(_path, _options.MaxLineBytes, mayBeArray: true, files: new ManifestFiles(_options)), cancellation);

    IAsyncEnumerable<ManifestRow>? IResumableManifest.ReadRowsBehind(ManifestResumePoint position, CancellationToken cancellation) =>
        position.Next.Offset == 0 ? null
        : JsonFileSniffer.IsArray(_path, new ManifestFiles(_options))
            ? ((IResumableManifest)new JsonArrayManifest(_path, _options)).ReadRowsBehind(position, cancellation)
        : ReadRowsAsync(() => LineReader.Open(_path, _options.MaxLineBytes, from: position.Next, files: new ManifestFiles(_options)), cancellation);

    private async IAsyncEnumerable<ManifestRow> ReadRowsAsync(Func<LineReader> open, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using LineReader lines = open();
        ITextRowParser? rows = null;
        while (await lines.FillAsync(cancellation).ConfigureAwait(false))
        {
            while (lines.TryRead(out TextLine line))
            {
                cancellation.ThrowIfCancellationRequested();
                rows ??= lines.IsArray ? new JsonArrayRowParser(_options, _paths) : new JsonRowParser(_options, _paths);
                if (rows.Read(line) is { } row)
                {
                    row.Next = lines.Next;
                    yield return row;
                }
            }
        }
    }

    /// <inheritdoc/>
    public Task<IndexedRows> IndexAsync(CancellationToken cancellation = default) =>
        IndexedLines.OpenAsync(
            files => LineReader.Open(_path, _options.MaxLineBytes, files: files),
            _path,
            "lines",
            0,
            () => new JsonRowParser(_options, _paths),
            _options,
            cancellation);

    /// <inheritdoc/>
    public Task<string> FingerprintAsync(CancellationToken cancellation = default) =>
        FileFingerprint.OfAsync([_path], new ManifestFiles(_options), cancellation);

    /// <inheritdoc/>
    /// <remarks>A range of bytes that ends at a line. Lines count from its beginning.</remarks>
    public Task<ManifestShard> OpenShardAsync(ShardNumber shard, CancellationToken cancellation = default)
    {
        PipeHasNoShards(_path);
        var files = new ManifestFiles(_options);
        if (JsonFileSniffer.IsArray(_path, files))
        {
            return new JsonArrayManifest(_path, _options).OpenShardAsync(shard, cancellation);
        }

        ShardExtent extent = LineRangeSplitter.Find(_path, files, shard, out long length);
        LineReader OpenAt(RowBoundary row) => LineReader.Open(_path, _options.MaxLineBytes, from: row, files: files);
        return Task.FromResult<ManifestShard>(
            new TextShard(this, shard, extent, length, new RowBoundary(extent.From, 0), OpenAt, () => new JsonRowParser(_options, _paths), countsLines: true));
    }

    /// <exception cref="ManifestException">It is no regular file.</exception>
    internal static void PipeHasNoShards(string path)
    {
        if (FileFacts.OfPath(path, out FileFacts facts) is null && facts.WhyNotRegular is not null)
        {
            throw new ManifestException($"The manifest {path} is no regular file, which is read once from its start and has no shards: write it into a file.");
        }
    }

    IUnparsedRowReader IUnparsedRowManifest.ReadUnparsed() => new UnparsedLineReader(
        () => LineReader.Open(_path, _options.MaxLineBytes, mayBeArray: true, files: new ManifestFiles(_options)),
        (lines, _) => new RowReaderChoice(lines.IsArray ? () => new JsonArrayRowParser(_options, _paths) : () => new JsonRowParser(_options, _paths)),
        _path,
        _noted);

    /// <summary>How rows of JSON are read.</summary>
    internal static ManifestOptions WithDefaults(ManifestOptions? options, string path)
    {
        options = (options ?? new ManifestOptions()).For(path);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxLineBytes, nameof(ManifestOptions.MaxLineBytes));
        return options with { RequireMessages = options.RequireMessages ?? true };
    }
}
