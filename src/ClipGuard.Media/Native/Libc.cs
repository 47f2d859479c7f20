using System.Runtime.InteropServices;

namespace ClipGuard.Media.Native;

/// <summary>
/// The C library's calls, as the manual pages give them: the only place that imports them, but for <see cref="Epoll"/> and <see cref="Spawn"/> beside it,
/// which have theirs to themselves. Linux, 64 bit. Files, memory, processes and sockets have a part each; constants bear the names of the headers.
/// It has so many members because each of them is a declaration of somebody else's.
/// </summary>
internal static unsafe partial class Libc
{
    public const int EINTR = 4;
    public const int EAGAIN = 11;
    public const int EPIPE = 32;
    public const int ECONNRESET = 104;

    /// <summary>The sentence for the last error of a call, as in <c>No space left on device (28)</c>.</summary>
    public static string LastError() => ErrorText(Marshal.GetLastPInvokeError());

    /// <summary>The sentence for an error number.</summary>
    public static string ErrorText(int error) => $"{Marshal.GetPInvokeErrorMessage(error)} ({error})";

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial long Syscall(long number, nint argument1, nint argument2, nint argument3, nint argument4);
}
