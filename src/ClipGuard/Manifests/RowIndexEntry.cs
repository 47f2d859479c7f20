namespace ClipGuard.Manifests;

/// <summary>Where one row is in its file: an entry of a <see cref="RowIndex"/>.</summary>
/// <param name="Offset">First byte.</param>
/// <param name="Length">Bytes, or what the kind of manifest defines; negative where the row is known to be bad.</param>
/// <param name="Line">1-based line, or what the kind of manifest defines.</param>
internal readonly record struct RowIndexEntry(long Offset, int Length, int Line)
{
    private long End => Offset + Math.Abs((long)Length);

    /// <summary>Where a line is; one that is too long is known to be bad.</summary>
    public static RowIndexEntry Of(TextLine line) =>
        new(line.Offset, line.IsTooLong ? -(int)Math.Min(line.Length, int.MaxValue) : line.Raw.Length, checked((int)line.Number));

    /// <summary>Whether it begins where another ends, on the next line, so that its length says all.</summary>
    public bool Follows(RowIndexEntry before) => Length >= 0 && Offset == before.End && Line == before.Line + 1;

    /// <summary>The row that follows this one.</summary>
    public RowIndexEntry Next(int length) => new(End, length, Line + 1);
}
