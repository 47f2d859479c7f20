namespace ClipGuard.Manifests;

/// <summary>The rows of a manifest, each to be read at any time and from any thread. Row numbers are 0-based and without gaps; bad rows have one too.</summary>
public abstract class IndexedRows : IDisposable
{
    /// <summary>How many rows there are.</summary>
    public abstract long Count { get; }

    /// <summary>A hash of the content that was indexed, in hexadecimal: equal manifests have equal ones, and any change gives another.</summary>
    public abstract string Fingerprint { get; }

    /// <summary>
    /// Where rows can be read only from the beginning of the group that they lie in, the first rows of these groups, ascending, 0 the first of them; null (the
    /// default) where any row is as near as any other. A full shuffle then goes by groups, and by windows within their order.
    /// </summary>
    public virtual IReadOnlyList<long>? ReadTogether => null;

    /// <summary>Reads one row.</summary>
    /// <param name="row">In [0, <see cref="Count"/>).</param>
    /// <exception cref="ManifestException">The manifest has changed or gone since it was indexed.</exception>
    public abstract ManifestRow Read(long row);

    /// <summary>The row at a line.</summary>
    /// <param name="line">1-based line as in <see cref="ManifestRow.Line"/>.</param>
    /// <returns>The row's number, or -1 where no row begins at that line.</returns>
    public abstract long FindLine(long line);

    /// <summary>The rows at lines: none for a line at which no row begins, several where a row comes several times.</summary>
    /// <param name="lines">The lines.</param>
    /// <returns>Row numbers, ascending and each once.</returns>
    public virtual IReadOnlyList<long> FindRows(IReadOnlyCollection<ManifestLineReference> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        return [.. lines.Where(static line => line.Origin is null).Select(line => FindLine(line.Line)).Where(static row => row >= 0).Order().Distinct()];
    }

    /// <summary>Where a row stands (<see cref="ManifestRow.Location"/>), for rows that name a place themselves.</summary>
    /// <param name="row">In [0, <see cref="Count"/>).</param>
    /// <returns>Null (the default) where that is known only once the row is read.</returns>
    protected internal virtual RowLocation? LocationOf(long row) => null;

    /// <summary>The rows that are left out.</summary>
    /// <param name="exclusion">What is left out.</param>
    /// <param name="source">The source that rows stand in which name none themselves.</param>
    /// <returns>Row numbers, in any order.</returns>
    internal virtual IEnumerable<long> FindRows(ResolvedExclusions exclusion, string source) =>
        Count > 0 && Read(0).Location is not null ? FindByLocation(exclusion, source)
        : exclusion.In(source) is { } places ? places.Lines.ToArray().Select(FindLine).Where(static row => row >= 0)
        : [];

    private IEnumerable<long> FindByLocation(ResolvedExclusions exclusion, string source)
    {
        for (long row = 0; row < Count; row++)
        {
            if (exclusion.Contains(LocationOf(row) ?? Read(row).LocationIn(source)))
            {
                yield return row;
            }
        }
    }

    /// <summary>Closes the manifest.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes what the rows are read from.</summary>
    /// <param name="disposing">True where it is <see cref="Dispose()"/> that calls.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}
