using System.Globalization;

using ClipGuard.Manifests;
using ClipGuard.Runs;

namespace ClipGuard.DryRuns.Merging;

/// <summary>
/// Clean rows that are no text, and are copied out of the manifest once the lines of all of them are known: of each shard there is only a file of lines.
/// </summary>
/// <param name="Manifest">What copies the rows.</param>
/// <param name="Path">Where they go.</param>
internal sealed record CleanCopy(ICopyableManifest Manifest, string Path)
{
    /// <summary>Opens the manifest that the shards are of.</summary>
    /// <param name="manifest">Which one it was when they were run.</param>
    /// <param name="path">Where the rows go.</param>
    /// <param name="cancellation">Ends the look at it.</param>
    /// <exception cref="OutputException">It cannot be read here, or has changed.</exception>
    public static async Task<CleanCopy> OpenAsync(ShardManifest manifest, string path, CancellationToken cancellation)
    {
        string name = System.IO.Path.GetFileName(path);
        if (Manifests.Manifest.FindObstacle(manifest.Name) is { } obstacle)
        {
            throw new OutputException($"{name} is copied from {manifest.Name}, which has to be where shards are merged: {obstacle}");
        }

        try
        {
            IManifest opened = Manifests.Manifest.Open(manifest.Name);
            if (opened is not ICopyableManifest copier)
            {
                throw new OutputException($"{manifest.Name} is {opened.Kind} now, which {name} cannot be copied from");
            }

            string fingerprint = await copier.FingerprintAsync(cancellation).ConfigureAwait(false);
            return fingerprint == manifest.Fingerprint ? new CleanCopy(copier, path) : throw new OutputException(
                $"{manifest.Name} has changed since its shards were run, and lines would be those of other rows. Run all shards again (--fresh)");
        }
        catch (ManifestException error)
        {
            throw new OutputException($"{name} is copied from {manifest.Name}, which cannot be read: {error.Message.TrimEnd('.')}", error);
        }
    }

    /// <summary>Copies the rows.</summary>
    /// <param name="lines">A file with the lines of all of them, ascending.</param>
    /// <param name="destination">Receives the copy.</param>
    /// <param name="cancellation">Ends the work.</param>
    public Task RunAsync(string lines, Stream destination, CancellationToken cancellation) => Manifest.CopyRowsAsync(
        File.ReadLines(lines).Select(static line => long.Parse(line, CultureInfo.InvariantCulture)), destination, cancellation);
}
