using System.Runtime.CompilerServices;

using ClipGuard.Manifests.Sharding;

namespace ClipGuard.Manifests;

/// <summary>
/// WebDataset shards: tar files in which neighbouring members with the same name up to its first dot make one sample. Media members are decoded
/// in place, by their byte range. A <c>.json</c> member that is an object gives messages and fields (what it calls an image or a path is data: clips are
/// members), <c>.txt</c>, <c>.cls</c> and further JSON members give fields of those names; other members are named in the sample's warnings. Hidden
/// files and those without an extension are no members. A member that is repeated, that is a link or a sparse file, or that lies apart from the others of its
/// sample makes a <see cref="BadRow"/>; so does the place from which on a shard cannot be read. A shard that is compressed with gzip or zstd
/// (<c>.tar.gz</c>, <c>.tgz</c>, <c>.tar.zst</c>, <c>.tzst</c>) is unpacked into a temporary file while it is read, its clips are in memory, and it has no
/// index. The line of a row is its 1-based number over all shards.
/// </summary>
public sealed class TarManifest : IIndexableManifest, IShardableManifest, IResumableManifest
{
    private readonly IReadOnlyList<string> _shards;
    private readonly ManifestOptions _options;

    /// <summary>Shards that are opened when they are read.</summary>
    /// <param name="pattern">
    /// One path or address, or several as <c>train-{000..099}.tar</c> or <c>train-*.tar</c>. Those named <c>.tar.gz</c> or <c>.tar.zst</c> are compressed.
    /// </param>
    /// <param name="options">How text members are read; null for the defaults without required messages.</param>
    public TarManifest(string pattern, ManifestOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        _options = options ?? new ManifestOptions { RequireMessages = false };
        string path = ManifestFiles.FullPath(pattern);
        Name = ManifestFiles.Shown(path);
        _shards = PathPattern.Expand(path, new ManifestFiles(_options));
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Kind => _shards.Count == 1 ? "a WebDataset shard" : $"{_shards.Count} WebDataset shards";

    /// <inheritdoc/>
    public IReadOnlyList<string> Sources => [.. _shards.Select(ManifestFiles.Shown)];

    /// <inheritdoc/>
    public IAsyncEnumerable<ManifestRow> ReadRowsAsync(CancellationToken cancellation = default) => ReadRowsAsync(_shards, 0, 0, cancellation);

    // Samples of its shard that come before are gone over by their headers alone.
    IAsyncEnumerable<ManifestRow>? IResumableManifest.ReadRowsBehind(ManifestResumePoint position, CancellationToken cancellation)
    {
        int shard = Sources.ToList().IndexOf(position.Location.Source);
        long line = position.Rows + position.LeftOut - position.Location.Line;
        return shard < 0 ? null : ReadRowsAsync([.. _shards.Skip(shard)], position.Location.Line, line, cancellation);
    }

    /// <inheritdoc/>
    /// <remarks>Whole tar files, about equal in bytes; with fewer files than shares some have none. Lines count from the share's beginning.</remarks>
    public Task<ManifestShard> OpenShardAsync(ShardNumber shard, CancellationToken cancellation = default)
    {
        ShardExtent extent = FileListSplitter.Find(_shards, new ManifestFiles(_options), shard);
        IReadOnlyList<string> own = [.. _shards.Take((int)extent.To).Skip((int)extent.From)];
        return Task.FromResult<ManifestShard>(new FilesShard(this, shard, extent, stop => ReadRowsAsync(own, 0, 0, stop)));
    }

    private async IAsyncEnumerable<ManifestRow> ReadRowsAsync(
        IReadOnlyList<string> shards, long passed, long line, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        var files = new ManifestFiles(_options);
        var rows = new TarRowReader(_options, files);
        foreach (string shard in shards)
        {
            long number = 0;
            string shown = ManifestFiles.Shown(shard);
            using UnpackedShard? packed = UnpackedShard.IsPacked(shard) ? UnpackedShard.Unpack(shard, files, cancellation) : null;
            foreach (TarGroup group in TarGroup.ReadAll(shard, files, unpacked: packed?.File, stop: cancellation))
            {
                cancellation.ThrowIfCancellationRequested();
                (line, number) = (line + 1, number + 1);
                if (number > passed)
                {
                    yield return rows.Read(group, line, number, packed?.File);
                }
            }

            if (packed?.Flaw is { } flaw && ++number > passed)
            {
                string expected = $"{ShardCompression.Of(shard)!.Name} up to its end";
                yield return new BadRow(++line, 1, $"a shard of which not all can be unpacked, {shown}: {flaw}", expected)
                {
                    Location = new RowLocation(shown, number),
                };
            }

            passed = 0;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ManifestException">A shard cannot be read, or is compressed, so that its samples cannot be read by their places.</exception>
    public Task<IndexedRows> IndexAsync(CancellationToken cancellation = default) =>
        Task.Run<IndexedRows>(() => IndexedTarSamples.Build(_shards, _options, new ManifestFiles(_options), cancellation), cancellation);

    /// <inheritdoc/>
    public Task<string> FingerprintAsync(CancellationToken cancellation = default) =>
        FileFingerprint.OfAsync(_shards, new ManifestFiles(_options), cancellation);
}
