using System.Runtime.InteropServices;

namespace ClipGuard.Supervision.Native;

/// <summary>
/// Landlock, the part that a thread takes upon itself and hands to everything it starts: no file may be written, made,
/// cut or removed, and no TCP connection made or taken. What is open already stays as it was.
/// </summary>
internal static unsafe class Landlock
{
    private const long SYS_create_ruleset = 444;
    private const long SYS_restrict_self = 446;
    private const nint GiveVersion = 1;
    private const int PR_SET_NO_NEW_PRIVS = 38;

    // Write, remove and make rights as of ABI 1; execute (bit 0) and the two read rights (2, 3) stay free.
    private const ulong WriteRights = (1UL << 1) | (0x1FFUL << 4);
    private const ulong ReferRight = 1UL << 13;
    private const ulong TruncateRight = 1UL << 14;
    private const ulong DeviceControlRight = 1UL << 15;
    private const ulong TcpRights = 0b11;

    /// <summary>Restricts the calling thread and all that it will start. There is no way back.</summary>
    /// <returns>Null, or why this kernel cannot do it.</returns>
    public static string? RestrictThread()
    {
        long abi = Libc.Syscall(SYS_create_ruleset, 0, 0, GiveVersion, 0);
        if (abi < 1)
        {
            return $"landlock is not available: {Libc.LastError()}";
        }

        ulong* attributes = stackalloc ulong[2];
        attributes[0] = WriteRights
            | (abi >= 2 ? ReferRight : 0)
            | (abi >= 3 ? TruncateRight : 0)
            | (abi >= 5 ? DeviceControlRight : 0);
        attributes[1] = TcpRights;
        nint size = abi >= 4 ? 2 * sizeof(ulong) : sizeof(ulong);

        int ruleset = (int)Libc.Syscall(SYS_create_ruleset, (nint)attributes, size, 0, 0);
        if (ruleset < 0)
        {
            return $"landlock_create_ruleset: {Libc.LastError()}";
        }

        bool restricted = Libc.Prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && Libc.Syscall(SYS_restrict_self, ruleset, 0, 0, 0) == 0;
        int error = Marshal.GetLastPInvokeError();
        _ = Libc.Close(ruleset);
        return restricted ? null : $"landlock_restrict_self: {Libc.ErrorText(error)}";
    }
}
