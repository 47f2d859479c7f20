namespace ClipGuard.Manifests;

/// <summary>
/// Rows that were read in order and are parsed when they are asked for, each at any time and from any thread. What is never asked for costs no parsing and no
/// look at its clips' files: one rank of many uses few of the rows that it reads.
/// </summary>
internal abstract class UnparsedRows
{
    /// <summary>How many there are.</summary>
    public abstract int Count { get; }

    /// <summary>What a row is named by, without parsing it.</summary>
    /// <param name="row">In [0, <see cref="Count"/>).</param>
    public abstract ManifestLineReference LineOf(int row);

    /// <summary>Where a row stands, without parsing it.</summary>
    /// <param name="row">In [0, <see cref="Count"/>).</param>
    /// <param name="manifest">The name of the manifest that the rows are of.</param>
    public virtual RowLocation LocationOf(int row, string manifest) => new(manifest, LineOf(row).Line);

    /// <summary>Parses a row. It may look for the files of its clips, whose storage may not answer.</summary>
    /// <param name="row">In [0, <see cref="Count"/>).</param>
    public abstract ManifestRow Read(int row);
}
