using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ClipGuard.Media.Native;

/// <summary>Making and closing descriptors that are handed to children.</summary>
internal static unsafe class Descriptors
{
    // A child's descriptors are 0 to 4. One of ours with such a number could be overwritten before it is handed over.
    private const int Lowest = 10;

    /// <summary>The descriptor, moved to 10 or above where it lies below.</summary>
    /// <param name="fd">Result of the call that made it; negative where it failed.</param>
    /// <param name="call">The call's name, for the message.</param>
    /// <exception cref="Win32Exception">The call failed, or there are no descriptors left.</exception>
    public static int Raised(int fd, string call)
    {
        int raised = fd;
        if (fd is >= 0 and < Lowest)
        {
            raised = Libc.Fcntl(fd, Libc.F_DUPFD_CLOEXEC, Lowest);
            int error = Marshal.GetLastPInvokeError();
            _ = Libc.Close(fd);
            Marshal.SetLastPInvokeError(error);
        }

        return Checked(raised, call);
    }

    /// <summary>Makes a pipe whose writing end is for a child.</summary>
    /// <param name="read">The reading end; set also where an exception is thrown after it was opened. -1 before.</param>
    /// <param name="write">The writing end, 10 or higher.</param>
    /// <exception cref="Win32Exception">There are no descriptors left.</exception>
    public static void MakePipe(out int read, out int write)
    {
        (read, write) = (-1, -1);
        int* ends = stackalloc int[2];
        _ = Checked(Libc.Pipe2(ends, Libc.O_CLOEXEC), "pipe2");
        read = ends[0];
        write = Raised(ends[1], "fcntl");
    }

    /// <summary>Closes those that are open, which is to say not negative.</summary>
    public static void CloseAll(params ReadOnlySpan<int> descriptors)
    {
        foreach (int descriptor in descriptors)
        {
            if (descriptor >= 0)
            {
                _ = Libc.Close(descriptor);
            }
        }
    }

    /// <summary>A call's result, where it has not failed.</summary>
    /// <param name="result">What the call gave; negative where it failed.</param>
    /// <param name="call">The call's name, for the message.</param>
    /// <exception cref="Win32Exception">It failed.</exception>
    public static int Checked(int result, string call) =>
        result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError(), $"{call}: {Libc.LastError()}");
}
