using ClipGuard.Manifests;

namespace ClipGuard.Streams.Comparing;

/// <summary>One row of a manifest of pairs.</summary>
/// <param name="Line">1-based line.</param>
/// <param name="Raw">The row as one JSON object: the line as it stands, without its ending, or what a table's row stands for.</param>
internal sealed record PairRow(long Line, byte[] Raw)
{
    /// <summary>How a list of excluded rows names it.</summary>
    public required ExcludedRow Named { get; init; }

    /// <summary>Where its line ends, in bytes from the start of the manifest.</summary>
    public long EndBytes { get; init; }

    /// <summary>Absolute path of the reference.</summary>
    public string Reference { get; init; } = string.Empty;

    /// <summary>Absolute path of the distorted clip.</summary>
    public string Distorted { get; init; } = string.Empty;

    /// <summary>Whether one of both paths is relative, so that the row means something else elsewhere.</summary>
    public bool IsRelative { get; init; }

    /// <summary>Why the line names no pair; null where it does.</summary>
    public string? Complaint { get; init; }
}
