namespace ClipGuard.Manifests;

/// <summary>What the reading of a row left beside it. It says nothing of the row: rows are equal whatever it is.</summary>
internal readonly record struct RowTrace(RowMark Next, long LeftOutBefore)
{
    /// <inheritdoc/>
    public bool Equals(RowTrace other) => true;

    /// <inheritdoc/>
    public override int GetHashCode() => 0;
}
