namespace ClipGuard.Manifests.Sharding;

/// <summary>A manifest that knows how to cut itself into shares of about equal bytes, without an index of its rows.</summary>
public interface IShardableManifest : IManifest
{
    /// <summary>Opens one share. All shares together have each row once, in the manifest's order.</summary>
    /// <param name="shard">Which share; some may have no row.</param>
    /// <param name="cancellation">Ends the work with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ManifestException">The manifest cannot be read at all, or is a pipe, which has no shares.</exception>
    Task<ManifestShard> OpenShardAsync(ShardNumber shard, CancellationToken cancellation = default);
}
