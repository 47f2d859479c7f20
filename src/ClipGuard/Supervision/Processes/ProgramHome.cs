using System.Globalization;

using ClipGuard.Media;
using ClipGuard.Media.Native;

namespace ClipGuard.Supervision.Processes;

/// <summary>
/// What a program that was not made for this needs to run: a folder of its own, the only one that it can write in, and a thread whose landlock says so. Both go
/// with the program.
/// </summary>
internal sealed class ProgramHome : IDisposable
{
    /// <summary>Bytes that one file of it may have.</summary>
    public const ulong MaxFileBytes = 1UL << 30;

    private static long _count;

    /// <summary>Makes the folder and the thread. Not on a thread that is confined itself: what that starts is confined as it is.</summary>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    public ProgramHome(SandboxLevel level)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"clipguard-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}");
        const uint OwnersAlone = 0x1C0;
        Folder = Path.GetFullPath(Path.Combine(Path.GetTempPath(), name));
        if (Libc.Mkdir(Folder, OwnersAlone) != 0)
        {
            throw new IOException($"{Folder}: {Libc.LastError()}");
        }

        Spawner = HelperSpawner.ForProgram(level, Folder);
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>What starts the program.</summary>
    public HelperSpawner Spawner { get; }

    /// <summary>Removes the folder, and ends the thread. Once the program is gone: it would end with the thread.</summary>
    public void Dispose()
    {
        Spawner.Dispose();
        try
        {
            Directory.Delete(Folder, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It was removed by somebody else, or holds what only its maker may remove.
        }
    }
}
