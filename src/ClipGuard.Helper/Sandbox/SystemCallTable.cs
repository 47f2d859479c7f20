using System.Runtime.InteropServices;

namespace ClipGuard.Helper.Sandbox;

/// <summary>Which system calls the filter is about, by their numbers on this processor (the kernel's unistd headers).</summary>
internal sealed class SystemCallTable
{
    // Never needed for decoding, and the ways out of a process.
    private static readonly SystemCall[] DeniedCalls =
    [
        // Starting programs and processes.
        new("execve", 59, 221),
        new("execveat", 322, 281),
        new("fork", 57, -1),
        new("vfork", 58, -1),
        // Networks; the one socket that is open stays usable.
        new("socket", 41, 198),
        new("socketpair", 53, 199),
        new("connect", 42, 203),
        new("bind", 49, 200),
        new("listen", 50, 201),
        new("accept", 43, 202),
        new("accept4", 288, 242),
        // Other processes.
        new("ptrace", 101, 117),
        new("process_vm_readv", 310, 270),
        new("process_vm_writev", 311, 271),
        new("process_madvise", 440, 440),
        new("kcmp", 312, 272),
        new("pidfd_open", 434, 434),
        new("pidfd_getfd", 438, 438),
        new("pidfd_send_signal", 424, 424),
        new("tkill", 200, 130),
        // Priority: a helper that spins must never come before the thread that has to kill it.
        new("sched_setscheduler", 144, 119),
        new("sched_setparam", 142, 118),
        new("sched_setattr", 314, 274),
        new("setpriority", 141, 140),
        new("ioprio_set", 251, 30),
        new("migrate_pages", 256, 238),
        new("move_pages", 279, 239),
        new("process_mrelease", 448, 448),
        // Who it is, and which group it belongs to: a change of user clears the signal at the parent's end.
        new("setuid", 105, 146),
        new("setgid", 106, 144),
        new("setreuid", 113, 145),
        new("setregid", 114, 143),
        new("setresuid", 117, 147),
        new("setresgid", 119, 149),
        new("setfsuid", 122, 151),
        new("setfsgid", 123, 152),
        new("setgroups", 116, 159),
        new("capset", 126, 91),
        new("setpgid", 109, 154),
        new("setsid", 112, 157),
        // Memory, queues and semaphores that outlive the process that made them, or that no limit counts.
        new("shmget", 29, 194),
        new("shmctl", 31, 195),
        new("shmat", 30, 196),
        new("shmdt", 67, 197),
        new("semget", 64, 190),
        new("semctl", 66, 191),
        new("semtimedop", 220, 192),
        new("semop", 65, 193),
        new("msgget", 68, 186),
        new("msgctl", 71, 187),
        new("msgrcv", 70, 188),
        new("msgsnd", 69, 189),
        new("mq_open", 240, 180),
        new("mq_unlink", 241, 181),
        new("mq_timedsend", 242, 182),
        new("mq_timedreceive", 243, 183),
        new("mq_notify", 244, 184),
        new("mq_getsetattr", 245, 185),
        new("memfd_create", 319, 279),
        new("memfd_secret", 447, 447),
        // What others would wait for: locks on files, and all disks of the machine.
        new("flock", 73, 32),
        new("sync", 162, 81),
        new("syncfs", 306, 267),
        // A second way to make system calls.
        new("io_uring_setup", 425, 425),
        new("io_uring_enter", 426, 426),
        new("io_uring_register", 427, 427),
        // Mounts and namespaces.
        new("mount", 165, 40),
        new("umount2", 166, 39),
        new("pivot_root", 155, 41),
        new("chroot", 161, 51),
        new("move_mount", 429, 429),
        new("open_tree", 428, 428),
        new("fsopen", 430, 430),
        new("fsconfig", 431, 431),
        new("fsmount", 432, 432),
        new("fspick", 433, 433),
        new("mount_setattr", 442, 442),
        new("unshare", 272, 97),
        new("setns", 308, 268),
        new("name_to_handle_at", 303, 264),
        new("open_by_handle_at", 304, 265),
        new("fanotify_init", 300, 262),
        new("mknod", 133, -1),
        new("mknodat", 259, 33),
        // Who may do what with a file, and when it was changed: no file is written to here, and these reach past that.
        new("chmod", 90, -1),
        new("fchmod", 91, 52),
        new("fchmodat", 268, 53),
        new("fchmodat2", 452, 452),
        new("chown", 92, -1),
        new("fchown", 93, 55),
        new("lchown", 94, -1),
        new("fchownat", 260, 54),
        new("utime", 132, -1),
        new("utimes", 235, -1),
        new("futimesat", 261, -1),
        new("utimensat", 280, 88),
        new("setxattr", 188, 5),
        new("lsetxattr", 189, 6),
        new("fsetxattr", 190, 7),
        new("setxattrat", 463, 463),
        new("removexattr", 197, 14),
        new("lremovexattr", 198, 15),
        new("fremovexattr", 199, 16),
        new("removexattrat", 466, 466),
        // The kernel itself.
        new("init_module", 175, 105),
        new("finit_module", 313, 273),
        new("delete_module", 176, 106),
        new("kexec_load", 246, 104),
        new("kexec_file_load", 320, 294),
        new("bpf", 321, 280),
        new("userfaultfd", 323, 282),
        new("perf_event_open", 298, 241),
        new("reboot", 169, 142),
        new("swapon", 167, 224),
        new("swapoff", 168, 225),
        new("acct", 163, 89),
        new("quotactl", 179, 60),
        new("quotactl_fd", 443, 443),
        new("statmount", 457, 457),
        new("listmount", 458, 458),
        new("seccomp", 317, 277),
        new("lsm_set_self_attr", 460, 460),
        new("personality", 135, 92),
        new("modify_ldt", 154, -1),
        new("uselib", 134, -1),
        new("vhangup", 153, 58),
        new("iopl", 172, -1),
        new("ioperm", 173, -1),
        new("syslog", 103, 116),
        // Keys, names and clocks of the machine.
        new("add_key", 248, 217),
        new("request_key", 249, 218),
        new("keyctl", 250, 219),
        new("setdomainname", 171, 162),
        new("sethostname", 170, 161),
        new("settimeofday", 164, 170),
        new("clock_settime", 227, 112),
        new("adjtimex", 159, 171),
        new("clock_adjtime", 305, 266),
    ];

    // What the runtime and FFmpeg were seen to call while the sample clips were decoded, and what they and the C library fall back to. Calls that depend on
    // their arguments are decided before this list, at either level.
    private static readonly SystemCall[] NeededCalls =
    [
        // Files that can be read.
        new("read", 0, 63),
        new("write", 1, 64),
        new("readv", 19, 65),
        new("writev", 20, 66),
        new("pread64", 17, 67),
        new("pwrite64", 18, 68),
        new("open", 2, -1),
        new("openat", 257, 56),
        new("close", 3, 57),
        new("fstat", 5, 80),
        new("newfstatat", 262, 79),
        new("stat", 4, -1),
        new("lstat", 6, -1),
        new("statx", 332, 291),
        new("lseek", 8, 62),
        new("poll", 7, -1),
        new("ppoll", 271, 73),
        new("access", 21, -1),
        new("faccessat", 269, 48),
        new("faccessat2", 439, 439),
        new("readlink", 89, -1),
        new("readlinkat", 267, 78),
        new("getcwd", 79, 17),
        new("getdents64", 217, 61),
        new("fadvise64", 221, 223),
        new("statfs", 137, 43),
        new("fstatfs", 138, 44),
        // Memory.
        new("munmap", 11, 215),
        new("mprotect", 10, 226),
        new("mremap", 25, 216),
        new("madvise", 28, 233),
        new("mincore", 27, 232),
        new("brk", 12, 214),
        new("msync", 26, 227),
        new("mlock", 149, 228),
        new("munlock", 150, 229),
        new("membarrier", 324, 283),
        new("get_mempolicy", 239, 236),
        // Signals of its own.
        new("rt_sigaction", 13, 134),
        new("rt_sigprocmask", 14, 135),
        new("rt_sigreturn", 15, 139),
        new("sigaltstack", 131, 132),
        new("restart_syscall", 219, 128),
        // Threads.
        new("futex", 202, 98),
        new("set_robust_list", 273, 99),
        new("get_robust_list", 274, 100),
        new("set_tid_address", 218, 96),
        new("rseq", 334, 293),
        new("sched_yield", 24, 124),
        new("sched_getaffinity", 204, 123),
        new("sched_get_priority_max", 146, 125),
        new("sched_get_priority_min", 147, 126),
        new("sched_getparam", 143, 121),
        new("sched_getscheduler", 145, 120),
        new("gettid", 186, 178),
        new("getpid", 39, 172),
        new("getppid", 110, 173),
        // Time.
        new("clock_gettime", 228, 113),
        new("clock_getres", 229, 114),
        new("clock_nanosleep", 230, 115),
        new("nanosleep", 35, 101),
        new("gettimeofday", 96, 169),
        new("time", 201, -1),
        // The connection.
        new("recvfrom", 45, 207),
        new("recvmsg", 47, 212),
        new("sendto", 44, 206),
        new("sendmsg", 46, 211),
        new("shutdown", 48, 210),
        new("pipe2", 293, 59),
        new("eventfd2", 290, 19),
        // What the process may know of itself and the machine.
        new("getrandom", 318, 278),
        new("uname", 63, 160),
        new("sysinfo", 99, 179),
        new("getrusage", 98, 165),
        new("getrlimit", 97, 163),
        new("arch_prctl", 158, -1),
        new("getuid", 102, 174),
        new("geteuid", 107, 175),
        new("getgid", 104, 176),
        new("getegid", 108, 177),
        new("capget", 125, 90),
        new("times", 100, 153),
        new("getcpu", 309, 168),
        // The end.
        new("exit", 60, 93),
        new("exit_group", 231, 94),
    ];

    // Allowed where the first argument is this process: the runtime signals its own threads.
    private static readonly SystemCall[] CallsToAProcess =
    [
        new("kill", 62, 129),
        new("tgkill", 234, 131),
        new("rt_sigqueueinfo", 129, 138),
        new("rt_tgsigqueueinfo", 297, 240),
    ];

    private readonly bool _arm;

    private SystemCallTable(bool arm) => _arm = arm;

    /// <summary>The table of the processor that this runs on.</summary>
    public static SystemCallTable Current { get; } = new(RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64);

    /// <summary>AUDIT_ARCH_AARCH64 or AUDIT_ARCH_X86_64.</summary>
    public uint Architecture => _arm ? 0xC00000B7 : 0xC000003E;

    /// <summary>seccomp.</summary>
    public uint Seccomp => _arm ? 277u : 317u;

    /// <summary>clone.</summary>
    public uint Clone => _arm ? 220u : 56u;

    /// <summary>clone3.</summary>
    public const uint Clone3 = 435;

    /// <summary>Before the numbers that all processors have in common lie some that none was given to, or that only this processor's tracers use.</summary>
    public uint FirstUnknown => _arm ? 295u : 335u;

    /// <summary>The last of these.</summary>
    public const uint LastUnknown = 423;

    /// <summary>The first call that came with a kernel after Linux 6.13, for which this table was written: open_tree_attr.</summary>
    public const uint FirstNewer = 467;

    /// <summary>mknodat.</summary>
    public uint MakeNode => _arm ? 33u : 259u;

    /// <summary>mmap.</summary>
    public uint MapMemory => _arm ? 222u : 9u;

    /// <summary>ioctl.</summary>
    public uint DeviceControl => _arm ? 29u : 16u;

    /// <summary>prctl.</summary>
    public uint ProcessControl => _arm ? 167u : 157u;

    /// <summary>sched_setaffinity.</summary>
    public uint SetAffinity => _arm ? 122u : 203u;

    /// <summary>fcntl.</summary>
    public uint FileControl => _arm ? 25u : 72u;

    /// <summary>prlimit64.</summary>
    public uint ResourceLimit => _arm ? 261u : 302u;

    /// <summary>Calls that are refused at every level.</summary>
    public IEnumerable<uint> Denied => Numbers(DeniedCalls);

    /// <summary>Calls that are let through at the strict level.</summary>
    public IEnumerable<uint> Needed => Numbers(NeededCalls);

    /// <summary>Calls whose first argument is the process that they act on.</summary>
    public IEnumerable<uint> ToAProcess => Numbers(CallsToAProcess);

    private IEnumerable<uint> Numbers(SystemCall[] calls) =>
        calls.Select(call => _arm ? call.Arm64 : call.X64).Where(number => number >= 0).Select(number => (uint)number);

    /// <summary>A call by its name, with its number on each processor; -1 where there is none.</summary>
    private readonly record struct SystemCall(string Name, int X64, int Arm64);
}
