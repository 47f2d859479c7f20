namespace ClipGuard.Manifests;

/// <summary>
/// Where a row stands: its source, and its line or key there. It holds however its manifest is split, and whatever it is read together with.
/// </summary>
/// <param name="Source">The file, shard or folder that it stands in: an absolute path or an address, as in <see cref="IManifest.Sources"/>.</param>
/// <param name="Line">1-based line, or number, of the row within its source.</param>
/// <param name="Key">
/// What names the row within its source instead of the line: the key of a sample in a shard, the path of a file in a folder. Null where the line does.
/// </param>
public sealed record RowLocation(string Source, long Line, string? Key = null);
