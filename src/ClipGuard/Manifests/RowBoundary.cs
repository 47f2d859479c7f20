namespace ClipGuard.Manifests;

/// <summary>A place between two rows of a text file.</summary>
/// <param name="Offset">First byte of the row behind it.</param>
/// <param name="LinesBefore">Lines, or elements of a JSON array, before it.</param>
internal readonly record struct RowBoundary(long Offset, long LinesBefore);
