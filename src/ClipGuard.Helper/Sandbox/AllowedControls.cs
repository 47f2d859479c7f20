namespace ClipGuard.Helper.Sandbox;

/// <summary>What the calls that do many things may be asked for at the strict level; the numbers are the same on every processor.</summary>
internal static class AllowedControls
{
    /// <summary>
    /// What fcntl may be asked for: copies of descriptors, their flags, and the size of a pipe; no locks that others would wait for, and no signals.
    /// </summary>
    public static readonly uint[] FileControls =
    [
        0, // F_DUPFD
        1, // F_GETFD
        2, // F_SETFD
        3, // F_GETFL
        4, // F_SETFL
        1030, // F_DUPFD_CLOEXEC
        1031, // F_SETPIPE_SZ
        1032, // F_GETPIPE_SZ
        1034, // F_GET_SEALS
    ];

    /// <summary>What ioctl may be asked for: what the C library and the runtime ask of a descriptor that may be a terminal or a pipe.</summary>
    public static readonly uint[] DeviceControls =
    [
        0x5401, // TCGETS
        0x802C542A, // TCGETS2
        0x5413, // TIOCGWINSZ
        0x541B, // FIONREAD
        0x5421, // FIONBIO
        0x5450, // FIONCLEX
        0x5451, // FIOCLEX
    ];

    /// <summary>
    /// What prctl may be asked for: names of threads and of memory, and what cannot loosen anything. Not the signal at the parent's end, which must not be
    /// switched off, nor whether others may look at the process (PR_SET_DUMPABLE), which its supervisor does.
    /// </summary>
    public static readonly uint[] ProcessControls =
    [
        2, // PR_GET_PDEATHSIG
        3, // PR_GET_DUMPABLE
        15, // PR_SET_NAME
        16, // PR_GET_NAME
        21, // PR_GET_SECCOMP
        23, // PR_CAPBSET_READ
        29, // PR_SET_TIMERSLACK
        30, // PR_GET_TIMERSLACK
        38, // PR_SET_NO_NEW_PRIVS
        39, // PR_GET_NO_NEW_PRIVS
        51, // PR_SVE_GET_VL
        0x53564D41, // PR_SET_VMA
    ];
}
