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
        : this(Path.GetFullPath(Path.GetTempPath())) => Spawner = HelperSpawner.ForProgram(level, Folder);

    private ProgramHome(string parent)
    {
        const uint OwnersAlone = 0x1C0;
        string name = string.Create(CultureInfo.InvariantCulture, $"clipguard-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}");
        Folder = Path.Combine(parent, name);
        if (Libc.Mkdir(Folder, OwnersAlone) != 0)
        {
            throw new IOException($"{Folder}: {Libc.LastError()}");
        }
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>What starts the program; null for one that a template forks.</summary>
    public HelperSpawner? Spawner { get; }

    /// <summary>A folder for a program that is forked from one with a home: within that, where both may write until the fork keeps itself to its own.</summary>
    /// <param name="template">The home of the template.</param>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    public static ProgramHome Within(ProgramHome template) => new(template.Folder);

    /// <summary>Removes the folder, and ends the thread. Once the program is gone: it would end with the thread.</summary>
    public void Dispose()
    {
        Spawner?.Dispose();
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
