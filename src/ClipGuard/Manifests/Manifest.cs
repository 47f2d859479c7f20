using ClipGuard.Fetching;
using ClipGuard.Media.Native;

namespace ClipGuard.Manifests;

/// <summary>Opens manifests; their kind is recognised by their path and their first bytes.</summary>
public static class Manifest
{
    /// <summary>
    /// A folder as <see cref="FolderManifest"/> or, where it has <c>metadata.jsonl</c>, <c>metadata.csv</c> or <c>metadata.parquet</c> as Hugging Face's
    /// datasets write them, or files of a format that was added (<see cref="ManifestFormatRegistry"/>), as the rows of these; <c>.csv</c> and <c>.tsv</c> as
    /// <see cref="TableManifest"/>, <c>.tar</c>, <c>.tar.gz</c> and <c>.tar.zst</c> as <see cref="TarManifest"/>, a file of a format that was added as that
    /// format, a file that begins with a square bracket as <see cref="JsonArrayManifest"/>, everything else as <see cref="JsonLinesManifest"/>. Several files
    /// are a <see cref="ConcatenatedManifest"/>, unless all have a format that was added.
    /// </summary>
    /// <param name="path">
    /// The manifest, or its address; braces, <c>*</c> and <c>?</c> stand for several files as in a shell. What is at an address is looked at, which may take as
    /// long as <see cref="ManifestOptions.Fetching"/> lets it.
    /// </param>
    /// <param name="options">How rows are read; null for the defaults.</param>
    /// <exception cref="ManifestException">
    /// No file matches, a folder cannot be listed, the reader of a file's format was not added, what is at an address cannot be read, or
    /// <see cref="ManifestOptions.Root"/> is no folder.
    /// </exception>
    public static IIndexableManifest Open(string path, ManifestOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ManifestOptions inForce = options ?? new ManifestOptions();
        PathResolver.RequireRoot(inForce);
        if (Addresses.Is(path))
        {
            return RemoteManifests.Open(path, inForce);
        }

        string name = Path.GetFullPath(path);
        var found = new ManifestFiles(inForce);
        IReadOnlyList<string> files = Directory.Exists(path) ? MetadataFiles.Find(name) : IsTar(path) ? [name] : PathPattern.Expand(name, found);
        return files.Count switch
        {
            0 => new FolderManifest(path),
            1 => OpenFile(files[0], options),
            _ when ManifestFormatRegistry.Find(files) is { } format => format.Open(name, files, options),
            _ => new ConcatenatedManifest(name, files.Select(file => OpenFile(file, options))),
        };
    }

    /// <summary>Several manifests, one after the other, as one (<see cref="ConcatenatedManifest"/>); of one alone what <see cref="Open"/> gives.</summary>
    /// <param name="paths">The manifests, each as it is named alone; at least one.</param>
    /// <param name="options">How rows are read; null for the defaults.</param>
    /// <exception cref="ManifestException">One of them cannot be opened.</exception>
    public static IIndexableManifest OpenAll(IReadOnlyList<string> paths, ManifestOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentOutOfRangeException.ThrowIfZero(paths.Count, nameof(paths));
        IIndexableManifest[] manifests = [.. paths.Select(path => Open(path, options))];
        return manifests is [var only] ? only
            : new ConcatenatedManifest(
                NameOf([.. manifests.Select(static manifest => manifest.Name)]),
                manifests.SelectMany(static manifest => manifest is ConcatenatedManifest several ? several.Parts : [manifest]));
    }

    /// <summary>Looks whether a manifest can be opened, before anything is started for it.</summary>
    /// <param name="path">The manifest.</param>
    /// <returns>What is wrong with it; null where nothing is as far as that shows without reading it.</returns>
    public static string? FindObstacle(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Length == 0)
        {
            return "no name was given";
        }

        // That is found out by opening it.
        if (Addresses.Is(path))
        {
            return null;
        }

        try
        {
            var found = new ManifestFiles(new ManifestOptions());
            foreach (string file in File.Exists(path) || Directory.Exists(path) ? [path] : PathPattern.Expand(Path.GetFullPath(path), found))
            {
                if (Directory.Exists(file))
                {
                    continue;
                }

                if (!File.Exists(file))
                {
                    return file == Path.GetFullPath(path) ? "there is no such file" : $"there is no file {file}";
                }

                // Opening a FIFO would take its writer.
                if (FileFacts.OfPath(file, out FileFacts facts) is null && facts.WhyNotRegular is null)
                {
                    File.OpenHandle(file).Dispose();
                }
            }

            return null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ManifestException)
        {
            return refused.Message.TrimEnd('.');
        }
    }

    // In one folder they are named as a pattern in braces, which opens them again and has that folder.
    private static string NameOf(string[] names) => names.Select(Path.GetDirectoryName).Distinct(StringComparer.Ordinal).Count() == 1
        ? Path.Combine(Path.GetDirectoryName(names[0])!, $"{{{string.Join(',', names.Select(Path.GetFileName))}}}")
        : string.Join(" + ", names);

    /// <summary>Whether a file is a shard, by its name.</summary>
    internal static bool IsTar(string path) => UnpackedShard.IsPacked(path) || Path.GetExtension(path).Equals(".tar", StringComparison.OrdinalIgnoreCase);

    /// <summary>The manifest that one file is.</summary>
    internal static IIndexableManifest OpenFile(string path, ManifestOptions? options) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".csv" or ".tsv" => new TableManifest(path, options is null ? null : new TableOptions { Rows = options }),
        _ when IsTar(path) => new TarManifest(path, options),
        _ when ManifestFormatRegistry.Find([path]) is { } format => format.Open(path, [path], options),
        _ when JsonFileSniffer.IsArray(path, new ManifestFiles(options ?? new ManifestOptions())) => new JsonArrayManifest(path, options),
        _ => new JsonLinesManifest(path, options),
    };
}
