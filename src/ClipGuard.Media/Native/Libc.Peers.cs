using System.Runtime.InteropServices;

namespace ClipGuard.Media.Native;

// What is at the other end of a socket, and its end.
internal static unsafe partial class Libc
{
    public const int F_SETFD = 2;
    public const int SO_TYPE = 3;
    public const int SO_PEERCRED = 17;
    public const int SHUT_RDWR = 2;
    public const int SIGTERM = 15;

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetSocketOption(int socket, int level, int option, void* value, uint* length);

    [LibraryImport("libc", EntryPoint = "shutdown", SetLastError = true)]
    public static partial int Shutdown(int socket, int how);

    /// <summary>struct ucred.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PeerCredentials
    {
        public int Process;
        public uint User;
        public uint Group;
    }
}
