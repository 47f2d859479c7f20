using System.Runtime.CompilerServices;

namespace ClipGuard.Manifests.Sharding;

/// <summary>An equal number of rows of a manifest that is indexed: for folders, several files as one, blends. Lines are those of the whole manifest.</summary>
internal sealed class IndexedRowsShard(IIndexableManifest whole, ShardNumber number, IndexedRows rows)
    : ManifestShard(whole, number, new ShardExtent(ShardExtent.Rows, number.Begin(rows.Count), number.End(rows.Count)))
{
    public override long? LineCount => null;

    public override async IAsyncEnumerable<ManifestRow> ReadRowsAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        for (long row = Extent.From; row < Extent.To; row++)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return rows.Read(row);
        }
    }

    protected override void Dispose(bool disposing)
    {
        rows.Dispose();
        base.Dispose(disposing);
    }
}
