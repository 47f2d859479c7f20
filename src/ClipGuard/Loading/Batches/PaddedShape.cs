namespace ClipGuard.Loading;

/// <summary>The smallest shape that a number of clips can be padded to.</summary>
/// <param name="Clips">Most clips of a sample.</param>
internal readonly record struct PaddedShape(int Clips)
{
    private readonly int[]? _lengths;

    private PaddedShape(int clips, int[] lengths)
        : this(clips) => _lengths = lengths;

    /// <summary>Length of each dimension; none where there is no clip.</summary>
    public int[] Lengths => _lengths ?? [];

    public PaddedShape With(IReadOnlyList<int> shape) =>
        new(Clips, _lengths is { } lengths ? [.. shape.Select((length, i) => Math.Max(length, lengths[i]))] : [.. shape]);
}
