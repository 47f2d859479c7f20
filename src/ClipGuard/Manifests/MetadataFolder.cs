namespace ClipGuard.Manifests;

/// <summary>
/// Folders as the AudioFolder, ImageFolder and VideoFolder of Hugging Face's datasets read them: media files beside a <c>metadata.jsonl</c> or
/// <c>metadata.csv</c>, of which each row names its files under <c>file_name</c>, <c>file_names</c> or keys that end so. Files that no row names are no
/// samples.
/// </summary>
internal static class MetadataFolder
{
    private const string FileName = "metadata";

    /// <summary>Whether rows of a file name their clips by the names of files beside it.</summary>
    public static bool IsMetadata(string path) => Path.GetFileNameWithoutExtension(path) == FileName && Path.GetExtension(path) is ".jsonl" or ".csv";

    /// <summary>The files of metadata in a folder and in those below it, as those of splits, in the order of their paths; none where it has none.</summary>
    /// <exception cref="ManifestException">The folder cannot be listed, or its metadata cannot be read.</exception>
    public static IReadOnlyList<string> Find(string folder)
    {
        string[] files = [.. FolderFiles.Find(folder, static name => name is FileName + ".jsonl" or FileName + ".csv" or FileName + ".parquet")
            .Order(StringComparer.Ordinal)];
        if (files.FirstOrDefault(static file => !IsMetadata(file)) is { } parquet)
        {
            throw new ManifestException($"{parquet} is Parquet, which is not read: convert it into {FileName}.jsonl.");
        }

        return files.Select(Path.GetExtension).Distinct(StringComparer.Ordinal).Count() < 2
            ? files
            : throw new ManifestException($"The folder {folder} has metadata of two kinds: {files[0]} and {files.First(file => file[^1] != files[0][^1])}.");
    }

    /// <summary>Whether a key or a column names files.</summary>
    public static bool NamesFiles(string key) => IsOrEndsWith(key, "file_name") || IsOrEndsWith(key, "file_names");

    private static bool IsOrEndsWith(string key, string name) => key == name || key.EndsWith("_" + name, StringComparison.Ordinal);
}
