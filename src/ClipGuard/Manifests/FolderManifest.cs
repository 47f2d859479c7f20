using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

using ClipGuard.Media;

namespace ClipGuard.Manifests;

/// <summary>
/// Every media file below a folder as a sample of one clip, in the order of the bytes of their paths. A file's kind is taken from its extension.
/// Fields: <c>path</c> (relative to the folder) and <c>folder</c> (the first part of it, often a class; empty for files at the top).
/// Links to folders are not followed, hidden files are skipped. The names, and 8 bytes for each, stay in memory.
/// The fingerprint is one of the names only.
/// </summary>
/// <param name="folder">The folder.</param>
public sealed class FolderManifest(string folder) : IIndexableManifest
{
    /// <inheritdoc/>
    public string Name { get; } = Path.GetFullPath(folder);

    /// <inheritdoc/>
    public string Kind => "a folder of media files";

    /// <inheritdoc/>
    public async IAsyncEnumerable<ManifestRow> ReadRowsAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using IndexedRows rows = await IndexAsync(cancellation).ConfigureAwait(false);
        for (long row = 0; row < rows.Count; row++)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return rows.Read(row);
        }
    }

    /// <inheritdoc/>
    public Task<IndexedRows> IndexAsync(CancellationToken cancellation = default) =>
        Task.Run<IndexedRows>(() => new IndexedFiles(Name, List(cancellation)), cancellation);

    /// <inheritdoc/>
    /// <remarks>Lists the folder.</remarks>
    public async Task<string> FingerprintAsync(CancellationToken cancellation = default)
    {
        using IndexedRows rows = await IndexAsync(cancellation).ConfigureAwait(false);
        return rows.Fingerprint;
    }

    private CompactNameList List(CancellationToken cancellation)
    {
        var paths = new CompactNameList();
        foreach (string file in FolderFiles.Find(Name, static name => MediaExtensions.KindOfFile(name) is not null))
        {
            cancellation.ThrowIfCancellationRequested();
            paths.Add(Path.GetRelativePath(Name, file));
        }

        paths.Sort();
        return paths;
    }

    private sealed class IndexedFiles : IndexedRows
    {
        private readonly string _root;
        private readonly CompactNameList _paths;

        public IndexedFiles(string root, CompactNameList paths)
        {
            _root = root;
            _paths = paths;
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            for (int row = 0; row < paths.Count; row++)
            {
                hash.AppendData(paths[row]);
                hash.AppendData([0]);
            }

            Fingerprint = Convert.ToHexStringLower(hash.GetHashAndReset());
        }

        public override long Count => _paths.Count;

        public override string Fingerprint { get; }

        public override long FindLine(long line) => line >= 1 && line <= Count ? line - 1 : -1;

        public override ManifestRow Read(long row)
        {
            string path = Encoding.UTF8.GetString(_paths[checked((int)row)]);
            string full = Path.Combine(_root, path);
            ClipKind kind = MediaExtensions.KindOfFile(path)!.Value;
            int end = path.IndexOf(Path.DirectorySeparatorChar, StringComparison.Ordinal);
            var sample = new Sample
            {
                Clips = [new ClipReference(kind, MediaTags.Noun(kind), path) { Path = full, Source = new FileSource(full) }],
                Fields = [Field("path", path), Field("folder", end < 0 ? string.Empty : path[..end])],
            };
            return new SampleRow(row + 1, default, sample) { Location = new RowLocation(_root, row + 1, path) };
        }

        internal override IEnumerable<long> FindRows(ResolvedExclusions exclusion, string source)
        {
            if (exclusion.In(_root) is not { } places)
            {
                yield break;
            }

            for (int row = 0; row < _paths.Count; row++)
            {
                if (places.Contains(new RowLocation(_root, row + 1, Encoding.UTF8.GetString(_paths[row])), out _))
                {
                    yield return row;
                }
            }
        }

        private static SampleField Field(string name, string value) => new(name, Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(value)}\""));
    }
}
