using System.Runtime.CompilerServices;

namespace ClipGuard.Manifests.Sharding;

/// <summary>Some of a manifest's files, read one after the other. Lines count from the first of them.</summary>
internal sealed class FilesShard(
    IManifest whole, ShardNumber number, ShardExtent extent, Func<CancellationToken, IAsyncEnumerable<ManifestRow>> read)
    : ManifestShard(whole, number, extent)
{
    private long _rows;

    public override long? LineCount => _rows;

    public override bool CountsLinesOfFiles => false;

    public override async IAsyncEnumerable<ManifestRow> ReadRowsAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        _rows = 0;
        await foreach (ManifestRow row in read(cancellation).ConfigureAwait(false))
        {
            _rows++;
            yield return row;
        }
    }
}
