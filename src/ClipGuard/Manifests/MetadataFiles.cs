namespace ClipGuard.Manifests;

/// <summary>
/// Folders as the AudioFolder, ImageFolder and VideoFolder of Hugging Face's datasets read them: media files beside a <c>metadata.jsonl</c>,
/// <c>metadata.csv</c> or <c>metadata.parquet</c>, of which each row names its files under <c>file_name</c>, <c>file_names</c> or keys that end so. Files that
/// no row names are no samples. Datasets that were written as Parquet are folders of such files without metadata, as
/// <c>data/train-00000-of-00002.parquet</c>.
/// </summary>
internal static class MetadataFiles
{
    private const string FileName = "metadata";

    /// <summary>Whether rows of a file name their clips by the names of files beside it.</summary>
    public static bool IsMetadata(string path) =>
        Path.GetFileNameWithoutExtension(path) == FileName && (Path.GetExtension(path) is ".jsonl" or ".csv" || ManifestFormatRegistry.Names(path));

    /// <summary>
    /// The files of metadata in a folder and in those below it, as those of splits, in the order of their paths; where it has none, the files of formats that
    /// hold rows of their own (<see cref="ManifestFormatRegistry"/>); none where it has neither.
    /// </summary>
    /// <exception cref="ManifestException">The folder cannot be listed, or has files of several kinds.</exception>
    public static IReadOnlyList<string> Find(string folder)
    {
        string[] files = [.. FolderFiles.Find(folder, static name => IsMetadata(name) || ManifestFormatRegistry.Names(name)).Order(StringComparer.Ordinal)];
        string[] metadata = [.. files.Where(IsMetadata)];
        files = metadata.Length > 0 ? metadata : files;
        return files.Select(Path.GetExtension).Distinct(StringComparer.Ordinal).Count() < 2
            ? files
            : throw new ManifestException($"The folder {folder} has metadata of two kinds: {files[0]} and {files.First(file => file[^1] != files[0][^1])}.");
    }

    /// <summary>Whether a key or a column names files.</summary>
    public static bool NamesFiles(string key) => IsOrEndsWith(key, "file_name") || IsOrEndsWith(key, "file_names");

    private static bool IsOrEndsWith(string key, string name) => key == name || key.EndsWith("_" + name, StringComparison.Ordinal);
}
