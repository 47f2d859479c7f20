namespace ClipGuard.Manifests;

/// <summary>The boundary between two rows of a text file, where reading can begin.</summary>
/// <param name="Offset">First byte of the row behind it.</param>
/// <param name="LinesBefore">Lines, or elements of a JSON array, before it.</param>
internal readonly record struct RowBoundary(long Offset, long LinesBefore);
