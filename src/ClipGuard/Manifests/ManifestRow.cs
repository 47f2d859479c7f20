using ClipGuard.Media;

namespace ClipGuard.Manifests;

/// <summary>One row of a manifest: a <see cref="SampleRow"/> or a <see cref="BadRow"/>.</summary>
/// <param name="Line">1-based number of the row's line. Empty lines are no rows, and count.</param>
public abstract record ManifestRow(long Line)
{
    private RowResumePoint _trace;

    /// <summary>Name of the row's manifest, where that is one of several; otherwise null.</summary>
    public string? Origin { get; init; }

    /// <summary>Where the row stands; null where that is <see cref="Line"/> of the manifest's only file.</summary>
    public RowLocation? Location { get; init; }

    /// <inheritdoc/>
    public sealed override string ToString() => RecordPrinting.Of(this);

    /// <summary>Where the next row of its source may begin; default where its manifest cannot be read on from there.</summary>
    internal RowBoundary Next
    {
        get => _trace.Next;
        set => _trace = _trace with { Next = value };
    }

    /// <summary>How many rows were left out before it by a list of excluded ones.</summary>
    internal long LeftOutBefore
    {
        get => _trace.LeftOutBefore;
        set => _trace = _trace with { LeftOutBefore = value };
    }

    /// <summary>Where the row stands, given the name of its manifest.</summary>
    internal RowLocation LocationIn(string manifest) => Location ?? new RowLocation(Origin ?? manifest, Line);
}

/// <summary>A row that is a sample.</summary>
/// <param name="Line">1-based number of the row's line. Empty lines are no rows, and count.</param>
/// <param name="Raw">
/// The row's bytes exactly as they are in the manifest, line ending included where there is one; empty where a row is no text.
/// They belong to the row and are never overwritten.
/// </param>
/// <param name="Sample">The sample.</param>
public sealed record SampleRow(long Line, ReadOnlyMemory<byte> Raw, Sample Sample) : ManifestRow(Line)
{
    /// <summary>Where <see cref="Raw"/> begins, in bytes from the start of the manifest.</summary>
    public long Offset { get; init; }
}

/// <summary>A row that is no sample.</summary>
/// <param name="Line">1-based number of the row's line. Empty lines are no rows, and count.</param>
/// <param name="Column">1-based position within the line, in characters (code points), where the error was seen.</param>
/// <param name="Found">What was found there.</param>
/// <param name="Expected">What was expected there.</param>
public sealed record BadRow(long Line, int Column, string Found, string Expected) : ManifestRow(Line)
{
    /// <summary>One sentence for a person.</summary>
    public string Message => $"found {Found}, expected {Expected}";
}
