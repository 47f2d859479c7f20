namespace ClipGuard.Manifests;

/// <summary>
/// Where reading goes on behind a row, and how many rows were excluded before it: what a run needs to go on from there. It is no part of the row's value, so
/// any two are equal, and rows with different ones can be.
/// </summary>
internal readonly record struct RowResumePoint(RowBoundary Next, long LeftOutBefore)
{
    /// <inheritdoc/>
    public bool Equals(RowResumePoint other) => true;

    /// <inheritdoc/>
    public override int GetHashCode() => 0;
}
