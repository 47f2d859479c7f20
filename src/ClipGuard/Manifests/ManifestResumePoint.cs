namespace ClipGuard.Manifests;

/// <summary>How far a manifest was read: the last row, and where the next one begins, so that the manifest can be read on from there.</summary>
/// <param name="Location">Where the row stands.</param>
/// <param name="Next">Where the next row of its source may begin; default where that is not known.</param>
/// <param name="Rows">How many rows come before that place.</param>
/// <param name="LeftOut">How many besides were left out before it.</param>
internal sealed record ManifestResumePoint(RowLocation Location, RowBoundary Next, long Rows, long LeftOut)
{
    /// <summary>The place behind a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="manifest">The name of its manifest.</param>
    /// <param name="rows">Its number over the whole manifest, from 1.</param>
    public static ManifestResumePoint Behind(ManifestRow row, string manifest, long rows) => new(row.LocationIn(manifest), row.Next, rows, row.LeftOutBefore);
}
