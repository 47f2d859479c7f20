using System.Diagnostics;
using System.Globalization;
using System.Text;

using ClipGuard.Media.Native;
using ClipGuard.Media.Wire;

namespace ClipGuard.Streams.Sessions;

/// <summary>
/// What a guardian that is gone too early has left: found by the mark in the environment that every process of its session inherits.
/// Who cleared its environment is not found.
/// </summary>
internal static class OrphanedProcesses
{
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Ends them and waits for their end. Looks again until none is left, for one may have started another meanwhile.</summary>
    /// <param name="folder">The session's folder.</param>
    public static void End(string folder)
    {
        long began = Stopwatch.GetTimestamp();
        byte[] mark = Encoding.UTF8.GetBytes($"{WireProtocol.SessionVariable}={folder}\0");
        bool found;
        do
        {
            found = false;
            foreach (string process in Directory.EnumerateDirectories("/proc"))
            {
                found |= int.TryParse(Path.GetFileName(process.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                    && EndIfMarked(pid, mark, EndTimeout - Stopwatch.GetElapsedTime(began));
            }
        }
        while (found && Stopwatch.GetElapsedTime(began) < EndTimeout);
    }

    // Orphans are not children of this process, so that a process id may be reused at any moment. The pidfd is opened before the environment is read: where
    // the id was reused in between, the signal is for the process that the pidfd stands for, which has ended, and reaches nobody.
    private static bool EndIfMarked(int pid, byte[] mark, TimeSpan timeout)
    {
        int descriptor = Libc.PidfdOpen(pid);
        if (descriptor < 0)
        {
            return false;
        }

        bool marked = IsMarked(pid, mark);
        if (marked)
        {
            Libc.PidfdSendSignal(descriptor, Libc.SIGKILL);
            _ = ProcessWait.ForEnd(descriptor, timeout);
        }

        _ = Libc.Close(descriptor);
        return marked;
    }

    private static bool IsMarked(int pid, byte[] mark)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{pid}/environ").AsSpan().IndexOf(mark) >= 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
