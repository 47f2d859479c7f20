namespace ClipGuard.Manifests;

/// <summary>A manifest whose rows are no lines of text, and that writes a file of its own kind with some of them.</summary>
public interface ICopyableManifest : IManifest
{
    /// <summary>Extension of such a file, with the dot.</summary>
    string Extension { get; }

    /// <summary>Looks whether rows can be copied, before any work is done for it.</summary>
    /// <param name="cancellation">Ends the look.</param>
    /// <returns>Why they cannot; null where they can.</returns>
    /// <exception cref="ManifestException">The manifest cannot be read.</exception>
    Task<string?> FindCopyObstacleAsync(CancellationToken cancellation = default);

    /// <summary>Writes a file with some of the rows, in their order. Memory does not grow with their number. The same rows give the same bytes.</summary>
    /// <param name="lines">Lines of rows as in <see cref="ManifestRow.Line"/>, ascending; gone through once.</param>
    /// <param name="destination">Receives the file; it stays open.</param>
    /// <param name="cancellation">Ends the work with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ManifestException">The manifest cannot be read, or a line is none of its.</exception>
    Task CopyRowsAsync(IEnumerable<long> lines, Stream destination, CancellationToken cancellation = default);
}
