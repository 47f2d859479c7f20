namespace ClipGuard.Runs;

/// <summary>Writes a small file so that a reader sees the old content or the new, never a part.</summary>
internal static class AtomicFile
{
    /// <summary>Replaces a file's content, or makes the file.</summary>
    /// <exception cref="OutputException">It cannot be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        string beside = path + ".new";
        try
        {
            using (var file = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(beside, path, overwrite: true);
        }
        catch (Exception error) when (OutputException.IsFileError(error))
        {
            throw OutputException.For(path, error);
        }
    }
}
