using System.Globalization;
using System.Text;

using ClipGuard.Media;
using ClipGuard.Media.Native;
using ClipGuard.Media.Wire;

namespace ClipGuard.Supervision.Processes;

/// <summary>
/// What a program that was not made for this needs to run: a folder of its own, the only one that it can write in, and a thread whose landlock says so. Both go
/// with the program.
/// </summary>
internal sealed class ProgramSandbox : IDisposable
{
    /// <summary>Bytes that the folder may hold, and one file of it.</summary>
    public const long MaxBytes = 1L << 30;

    // Each round ends what the one before has missed, because it was being started.
    private const int MostRounds = 20;

    private static long _count;

    private readonly OwnedFolder? _owned; // null for a folder within another one
    private readonly long _maxBytes;

    /// <summary>Makes the folder and the thread. Not on a thread that is confined itself: what that starts is confined as it is.</summary>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    /// <param name="level">How tightly the program is confined.</param>
    /// <param name="maxBytes">Bytes that the folder may hold.</param>
    public ProgramSandbox(SandboxLevel level, long maxBytes)
        : this(OwnedFolder.Make(null, "clipguard-program-"), level, maxBytes)
    {
    }

    private ProgramSandbox(OwnedFolder owned, SandboxLevel level, long maxBytes)
        : this(owned.FullPath, maxBytes)
    {
        _owned = owned;
        Spawner = HelperSpawner.ForProgram(level, Folder);
    }

    private ProgramSandbox(string folder, long maxBytes)
    {
        _maxBytes = maxBytes;
        Folder = folder;
        Use = new ScratchUsage(Folder, maxBytes);
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>What starts the program; null for one that a template forks.</summary>
    public HelperSpawner? Spawner { get; }

    /// <summary>A folder for a program that is forked from one with a home: within that, where both may write until the fork keeps itself to its own.</summary>
    /// <param name="template">The home of the template.</param>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    public static ProgramSandbox Within(ProgramSandbox template)
    {
        string folder = Path.Combine(template.Folder, Interlocked.Increment(ref _count).ToString(CultureInfo.InvariantCulture));
        OwnedFolder.MakePrivate(folder);
        return new ProgramSandbox(folder, template._maxBytes);
    }

    /// <summary>How much it holds.</summary>
    public ScratchUsage Use { get; }

    /// <summary>Removes the folder, and ends the thread. Once the program is gone: it would end with the thread.</summary>
    public void Dispose()
    {
        Use.Dispose();
        if (Spawner is not null)
        {
            EndLeftovers();
            Spawner.Dispose();
        }

        if (_owned is not null)
        {
            _owned.Dispose();
        }
        else
        {
            OwnedFolder.Remove(Folder);
        }
    }

    // What a program started in a session of its own does not end with the program, and belongs to init from then on. It is known by the folder's name, which
    // is in its environment.
    private void EndLeftovers()
    {
        byte[] mark = Encoding.UTF8.GetBytes($"{WireProtocol.ScratchVariable}={Folder}\0");
        bool wasThere = true;
        for (int round = 0; wasThere && round < MostRounds; round++)
        {
            wasThere = false;
            foreach (string folder in Directory.EnumerateDirectories("/proc"))
            {
                wasThere |= EndIfMarked(Path.GetFileName(folder), mark);
            }
        }
    }

    private static bool EndIfMarked(string name, byte[] mark)
    {
        if (!int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) || pid == Environment.ProcessId)
        {
            return false;
        }

        // The descriptor stays with this process, whatever its number is given to later.
        int process = Libc.PidfdOpen(pid);
        if (process < 0)
        {
            return false;
        }

        try
        {
            if (File.ReadAllBytes($"/proc/{pid}/environ").AsSpan().IndexOf(mark) < 0)
            {
                return false;
            }

            Libc.PidfdSendSignal(process, Libc.SIGKILL);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It has ended, or is somebody else's.
            return false;
        }
        finally
        {
            _ = Libc.Close(process);
        }
    }
}
