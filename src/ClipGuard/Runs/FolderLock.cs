namespace ClipGuard.Runs;

/// <summary>Holds an output folder for one run at a time, by an advisory lock on a file in it; the system releases it however the run's process ends.</summary>
internal static class FolderLock
{
    private const string Name = ".clipguard.lock";

    /// <summary>Makes the folder where it does not exist, and holds it until the result is disposed.</summary>
    /// <exception cref="OutputException">It cannot be made or written to, or another run holds it.</exception>
    public static FileStream Take(string folder)
    {
        string path = Path.Combine(folder, Name);
        try
        {
            Directory.CreateDirectory(folder);
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (IOException) when (File.Exists(path))
        {
            throw new OutputException($"{folder} is in use by another run: wait for it, or choose another folder");
        }
        catch (Exception error) when (OutputException.IsFileError(error))
        {
            throw OutputException.ForFolder(folder, error);
        }
    }
}
