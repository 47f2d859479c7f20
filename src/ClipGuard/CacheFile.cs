namespace ClipGuard;

/// <summary>Files of caches, which any number of processes on any number of machines may write at once, and which nobody misses.</summary>
internal static class CacheFile
{
    /// <summary>Replaces a file's content, or makes the file and its folder; whoever reads it sees the old content or the new, never a part.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes the new content.</param>
    /// <returns>False where that cannot be done; nothing is left over then.</returns>
    public static bool TryReplace(string path, Action<Stream> write)
    {
        // A name that no other process has, on this machine or another one.
        string beside = $"{path}.{Guid.NewGuid():N}";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using (var file = new FileStream(beside, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                write(file);
            }

            File.Move(beside, path, overwrite: true);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            TryDelete(beside);
            return false;
        }
    }

    /// <summary>What a file says; null where there is none, or it cannot be read.</summary>
    public static string? TryRead(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Removes a file, where that can be done.</summary>
    public static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Nothing reads it.
        }
    }
}
