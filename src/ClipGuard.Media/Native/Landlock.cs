using System.Runtime.InteropServices;

namespace ClipGuard.Media.Native;

/// <summary>
/// Landlock, the part that a thread takes upon itself and hands to everything it starts: no file may be written, made,
/// cut or removed, no TCP connection made or taken, and no process outside signalled. What is open already stays as it was.
/// </summary>
internal static unsafe class Landlock
{
    private const long SYS_create_ruleset = 444;
    private const long SYS_add_rule = 445;
    private const long SYS_restrict_self = 446;
    private const nint PathBeneath = 1;
    private const nint GiveVersion = 1;

    // Write, remove and make rights as of ABI 1; execute (bit 0) and the two read rights (2, 3) stay free.
    private const ulong WriteRights = (1UL << 1) | (0x1FFUL << 4);
    private const ulong ReferRight = 1UL << 13;
    private const ulong TruncateRight = 1UL << 14;
    private const ulong DeviceControlRight = 1UL << 15;
    private const ulong TcpRights = 0b11;

    // Signals to processes that are not restricted as well.
    private const ulong SignalScope = 0b10;

    // What a helper that writes streams may do in the folder that it is given: make FIFOs and files, and write to them.
    private const ulong StreamRights = (1UL << 1) | (1UL << 8) | (1UL << 10);

    // What a program may do in its own folder: everything but devices (bits 6 and 11).
    private const ulong ProgramRights = WriteRights & ~((1UL << 6) | (1UL << 11));

    /// <summary>Restricts the calling thread and all that it will start. There is no way back.</summary>
    /// <param name="streamFolder">The one folder beneath which FIFOs and files may be made and written; null for none.</param>
    /// <param name="newestAbi">What a newer kernel can do is left out: for tests of how it is on older ones. 0 is a kernel without landlock.</param>
    /// <param name="programFolder">The one folder beneath which anything may be written and made but devices, beside /dev/null; null for none.</param>
    /// <returns>Null, or why this kernel cannot do it.</returns>
    public static string? RestrictThread(string? streamFolder = null, int newestAbi = int.MaxValue, string? programFolder = null)
    {
        long abi = Math.Min(newestAbi, Libc.Syscall(SYS_create_ruleset, 0, 0, GiveVersion, 0));
        if (abi < 1)
        {
            return $"landlock is not available: {(newestAbi < 1 ? "left out" : Libc.LastError())}";
        }

        ulong* attributes = stackalloc ulong[3];
        attributes[0] = WriteRights
            | (abi >= 2 ? ReferRight : 0)
            | (abi >= 3 ? TruncateRight : 0)
            | (abi >= 5 ? DeviceControlRight : 0);
        attributes[1] = TcpRights;

        // Before ABI 7 the scope also held for threads of the same process, which the runtime signals.
        attributes[2] = SignalScope;
        nint size = (abi >= 7 ? 3 : abi >= 4 ? 2 : 1) * sizeof(ulong);

        int ruleset = (int)Libc.Syscall(SYS_create_ruleset, (nint)attributes, size, 0, 0);
        if (ruleset < 0)
        {
            return $"landlock_create_ruleset: {Libc.LastError()}";
        }

        ulong newer = (abi >= 2 ? ReferRight : 0) | (abi >= 3 ? TruncateRight : 0);
        if ((streamFolder is not null && !Except(ruleset, streamFolder, StreamRights))
            || (programFolder is not null
                && !(Except(ruleset, programFolder, ProgramRights | newer) && Except(ruleset, "/dev/null", (1UL << 1) | (abi >= 3 ? TruncateRight : 0)))))
        {
            string reason = Libc.LastError();
            _ = Libc.Close(ruleset);
            return $"landlock_add_rule: {reason}";
        }

        bool restricted = Libc.Prctl(Libc.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && Libc.Syscall(SYS_restrict_self, ruleset, 0, 0, 0) == 0;
        int error = Marshal.GetLastPInvokeError();
        _ = Libc.Close(ruleset);
        return restricted ? null : $"landlock_restrict_self: {Libc.ErrorText(error)}";
    }

    private static bool Except(int ruleset, string path, ulong rights)
    {
        int parent = Libc.Open(path, Libc.O_PATH | Libc.O_CLOEXEC, 0);
        if (parent < 0)
        {
            return false;
        }

        // struct landlock_path_beneath_attr is packed: eight bytes of rights, four of a descriptor.
        byte* rule = stackalloc byte[12];
        *(ulong*)rule = rights;
        *(int*)(rule + sizeof(ulong)) = parent;
        bool added = Libc.Syscall(SYS_add_rule, ruleset, PathBeneath, (nint)rule, 0) == 0;
        int error = Marshal.GetLastPInvokeError();
        _ = Libc.Close(parent);
        Marshal.SetLastPInvokeError(error);
        return added;
    }
}
