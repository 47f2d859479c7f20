using System.Runtime.CompilerServices;

using ClipGuard.Manifests;
using ClipGuard.Manifests.Sharding;

namespace ClipGuard.Columnar;

/// <summary>Whole row groups of a Parquet manifest. Lines are those of the whole manifest, since footers tell how many rows lie before.</summary>
/// <param name="whole">The manifest.</param>
/// <param name="number">Which share.</param>
/// <param name="extent">Which of its row groups, counted over all files.</param>
internal sealed class RowGroupsShard(ParquetManifest whole, ShardNumber number, ShardExtent extent) : ManifestShard(whole, number, extent)
{
    public override long? LineCount => null;

    /// <summary>The row groups of a share: those whose middle lies within an equal cut of all bytes.</summary>
    /// <param name="groupBytes">Bytes of each row group, in order.</param>
    /// <param name="shard">Which share.</param>
    public static ShardExtent Find(IReadOnlyList<long> groupBytes, ShardNumber shard) => shard.CutBySize(groupBytes, "row groups");

    public override async IAsyncEnumerable<ManifestRow> ReadRowsAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        foreach (ManifestRow row in whole.ReadGroups((int)Extent.From, (int)Extent.To, cancellation))
        {
            yield return row;
        }
    }
}
