using System.Runtime.CompilerServices;

using ClipGuard.Manifests;
using ClipGuard.Manifests.Sharding;

namespace ClipGuard.Columnar;

/// <summary>
/// Parquet files, one after the other, as one manifest. Columns mean what the keys of a JSON Lines manifest do: messages as lists of structs, as a struct of
/// lists or as JSON; text under ms-swift's other names; clips under <c>image</c>, <c>images</c>, <c>video</c>, … as paths, as bytes, as
/// <c>{bytes, path}</c> structs as Hugging Face's datasets write them, and as lists of these. A null clip is none, a clip of no bytes is one that is empty.
/// Every other column is a field of the sample (<see cref="ManifestOptions.SkipFields"/>), except that bytes which are no clip are not read. The line of a row
/// is its 1-based number over all files.
/// <para>
/// Of each column that is read, one page is in memory, as large as its writer made it. Where a row group cannot be read, its rows from there on are bad rows.
/// </para>
/// </summary>
public sealed class ParquetManifest : IIndexableManifest, ICopyableManifest, IShardableManifest
{
    private readonly IReadOnlyList<string> _files;
    private readonly ManifestOptions _options;

    /// <summary>Opens a file, to be read at any place.</summary>
    internal Func<string, Stream> Opener { get; init; }

    /// <summary>Files at paths or addresses that are opened when they are read.</summary>
    /// <param name="name">What the manifest is called in reports.</param>
    /// <param name="files">The files in the order of their rows.</param>
    /// <param name="options">
    /// How rows are read; null for the defaults. <see cref="ManifestOptions.MaxLineBytes"/> limits a row without the bytes of its clips.
    /// </param>
    public ParquetManifest(string name, IReadOnlyList<string> files, ManifestOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(files);
        ArgumentOutOfRangeException.ThrowIfZero(files.Count, nameof(files));
        Name = ManifestFiles.Shown(ManifestFiles.FullPath(name));
        _files = [.. files.Select(ManifestFiles.FullPath)];
        _options = options ?? new ManifestOptions();
        var opened = new ManifestFiles(_options);
        Opener = path => opened.OpenShard(path, bufferBytes: 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_options.MaxLineBytes, nameof(ManifestOptions.MaxLineBytes));
    }

    /// <summary>One file, or several as <c>train-{00000..00001}-of-00002.parquet</c> or <c>data/*.parquet</c>.</summary>
    /// <param name="pattern">The file or the pattern.</param>
    /// <param name="options">How rows are read; null for the defaults.</param>
    /// <exception cref="ManifestException">No file matches.</exception>
    public ParquetManifest(string pattern, ManifestOptions? options = null)
        : this(pattern, PathPattern.Expand(ManifestFiles.FullPath(pattern), new ManifestFiles(options ?? new ManifestOptions())), options)
    {
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Kind => (_files.Count == 1 ? "Parquet" : $"{_files.Count} Parquet files")
        + (_options.For(_files[0]).NamesFiles ? " with file names, beside their files" : string.Empty);

    /// <inheritdoc/>
    public IReadOnlyList<string> Sources => [.. _files.Select(ManifestFiles.Shown)];

    /// <inheritdoc/>
    public string Extension => ".parquet";

    /// <inheritdoc/>
    public async IAsyncEnumerable<ManifestRow> ReadRowsAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        foreach (ManifestRow row in ReadGroups(0, int.MaxValue, cancellation))
        {
            yield return row;
        }
    }

    /// <summary>Row groups of about equal bytes, whose rows keep their lines.</summary>
    /// <inheritdoc/>
    public Task<ManifestShard> OpenShardAsync(ShardNumber shard, CancellationToken cancellation = default) => Task.Run<ManifestShard>(
        () =>
        {
            var groupBytes = new List<long>();
            foreach (string path in _files)
            {
                cancellation.ThrowIfCancellationRequested();
                using var file = ParquetFile.Open(path, Opener);
                groupBytes.AddRange(file.Groups.Select(static group => group.Bytes));
            }

            return new RowGroupsShard(this, shard, RowGroupsShard.Find(groupBytes, shard));
        },
        cancellation);

    /// <summary>Reads the footers of the files, and no data. A few numbers for each row group stay in memory.</summary>
    /// <inheritdoc/>
    public async Task<IndexedRows> IndexAsync(CancellationToken cancellation = default)
    {
        string fingerprint = await FingerprintAsync(cancellation).ConfigureAwait(false);
        return await Task.Run(() => new IndexedParquet(_files, _options, Opener, fingerprint, cancellation), cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<string> FingerprintAsync(CancellationToken cancellation = default) =>
        FileFingerprint.OfAsync(_files, new ManifestFiles(_options), cancellation);

    /// <inheritdoc/>
    /// <remarks>Files of different schemas cannot be one.</remarks>
    public Task<string?> FindCopyObstacleAsync(CancellationToken cancellation = default) => Task.Run(() => FindCopyObstacle(cancellation), cancellation);

    /// <inheritdoc/>
    /// <remarks>
    /// Values, schema, key-value metadata and the codecs of columns are kept, of several files those of the first; row groups are those of the files without
    /// the rows that are left out. Encodings, statistics and the place of pages are the writer's own.
    /// </remarks>
    public Task CopyRowsAsync(IEnumerable<long> lines, Stream destination, CancellationToken cancellation = default) =>
        Task.Run(() => new ParquetRowCopier(_files, Opener, destination, cancellation).Run(lines), cancellation);

    private string? FindCopyObstacle(CancellationToken cancellation)
    {
        using var first = ParquetFile.Open(_files[0], Opener);
        foreach (string path in _files.Skip(1))
        {
            cancellation.ThrowIfCancellationRequested();
            using var other = ParquetFile.Open(path, Opener);
            if (!first.HasSchemaOf(other))
            {
                return $"the columns of {path} are others than those of {_files[0]}";
            }
        }

        return null;
    }

    /// <summary>Reads the rows of some row groups, counted over all files.</summary>
    internal IEnumerable<ManifestRow> ReadGroups(int from, int to, CancellationToken cancellation)
    {
        long rowsBefore = 0;
        int groupsBefore = 0;
        foreach (string path in _files)
        {
            cancellation.ThrowIfCancellationRequested();
            using var file = ParquetFile.Open(path, Opener);
            var rows = new ColumnarRowReader(path, _options);
            var columns = NeededColumns.Of(file, rows, _options);
            foreach (RowGroupFacts group in file.Groups.Where(group => groupsBefore + group.Number >= from && groupsBefore + group.Number < to))
            {
                using var read = new RowGroupRows(file, group, columns, rows, rowsBefore, _files.Count > 1, _options.MaxLineBytes);
                for (long row = 0; row < group.Rows; row++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    yield return read.Read(row);
                }
            }

            rowsBefore += file.RowCount;
            groupsBefore += file.Groups.Count;
        }
    }
}
