using System.Security.Cryptography;

using ClipGuard.Media.Native;

namespace ClipGuard.Supervision.Processes;

/// <summary>
/// A private folder for other processes to write in. It is locked while its owner lives, and the kernel unlocks it however the owner ends: a folder that
/// can be locked is a dead owner's, and whoever makes the next one sweeps it away.
/// </summary>
internal sealed class OwnedFolder : IDisposable
{
    private readonly int _lock;

    private OwnedFolder(string path, int lockDescriptor)
    {
        FullPath = path;
        _lock = lockDescriptor;
    }

    /// <summary>Absolute path.</summary>
    public string FullPath { get; }

    /// <summary>Sweeps away what dead owners left, and makes a new folder that only this user may enter.</summary>
    /// <param name="parent">Where; null for the system's temporary folder.</param>
    /// <param name="prefix">What names of such folders begin with, and of no others.</param>
    /// <exception cref="IOException">It cannot be made there.</exception>
    public static OwnedFolder Make(string? parent, string prefix)
    {
        parent = Path.GetFullPath(parent ?? Path.GetTempPath());
        try
        {
            Sweep(parent, prefix);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The folder {parent} cannot be used: {error.Message}", error);
        }

        while (true)
        {
            string path = Path.Combine(parent, prefix + RandomNumberGenerator.GetHexString(12, lowercase: true));
            MakePrivate(path);
            int descriptor = Libc.Open(path, Libc.O_DIRECTORY | Libc.O_CLOEXEC, 0);
            if (descriptor >= 0 && Libc.Flock(descriptor, Libc.LOCK_EX | Libc.LOCK_NB) == 0 && Directory.Exists(path))
            {
                return new OwnedFolder(path, descriptor);
            }

            // Another owner that starts at the same moment found the folder unlocked, took it for a dead one's and removed it: another one is made.
            string reason = Libc.LastError();
            Descriptors.CloseAll(descriptor);
            if (descriptor < 0 && Directory.Exists(path))
            {
                throw new IOException($"{path} cannot be opened: {reason}");
            }
        }
    }

    /// <summary>Makes a folder that only this user may enter.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static void MakePrivate(string path)
    {
        const uint onlyOwner = 0x1C0;
        if (Libc.Mkdir(path, onlyOwner) != 0)
        {
            throw new IOException($"The folder {path} cannot be made: {Libc.LastError()}");
        }
    }

    /// <summary>Removes a folder with all that is in it; links in it are removed and not followed.</summary>
    public static void Remove(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody has removed it already.
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A process still writes in it, or it belongs to another user: the next start tries again.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Remove(FullPath);
        _ = Libc.Close(_lock);
    }

    private static void Sweep(string parent, string prefix)
    {
        foreach (string left in Directory.EnumerateDirectories(parent, prefix + "*"))
        {
            int descriptor = Libc.Open(left, Libc.O_DIRECTORY | Libc.O_CLOEXEC, 0);
            if (descriptor < 0)
            {
                continue;
            }

            if (Libc.Flock(descriptor, Libc.LOCK_EX | Libc.LOCK_NB) == 0)
            {
                Remove(left);
            }

            _ = Libc.Close(descriptor);
        }
    }
}
