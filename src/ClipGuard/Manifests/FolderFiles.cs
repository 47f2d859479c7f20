using System.IO.Enumeration;

namespace ClipGuard.Manifests;

/// <summary>The files of a folder and of all folders below it. Links to folders are not followed, hidden files and folders are skipped.</summary>
internal static class FolderFiles
{
    /// <summary>Finds files by their names.</summary>
    /// <param name="folder">Absolute.</param>
    /// <param name="isWanted">Whether a file of this name is wanted.</param>
    /// <returns>Absolute paths in no order.</returns>
    /// <exception cref="ManifestException">A folder cannot be listed.</exception>
    public static IEnumerable<string> Find(string folder, Func<string, bool> isWanted)
    {
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.Hidden | FileAttributes.System,
            IgnoreInaccessible = false,
        };
        static string FullPath(ref FileSystemEntry entry) => entry.ToFullPath();
        using IEnumerator<string> files = Listed(folder, () => new FileSystemEnumerable<string>(folder, FullPath, options)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && isWanted(entry.FileName.ToString()),

            // .NET would follow links to folders, and a link to a folder above would be followed until paths are too long.
            ShouldRecursePredicate = static (ref FileSystemEntry entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        }.GetEnumerator());
        Func<bool> next = files.MoveNext;
        while (Listed(folder, next))
        {
            yield return files.Current;
        }
    }

    private static T Listed<T>(string folder, Func<T> list)
    {
        try
        {
            return list();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ManifestException.Refused($"The folder {folder} cannot be listed", error);
        }
    }
}
