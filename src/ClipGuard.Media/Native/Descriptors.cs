using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ClipGuard.Media.Native;

/// <summary>Descriptors that are handed to children.</summary>
internal static class Descriptors
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

        return raised >= 0 ? raised : throw new Win32Exception(Marshal.GetLastPInvokeError(), $"{call}: {Libc.LastError()}");
    }
}
