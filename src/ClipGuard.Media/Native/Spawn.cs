using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ClipGuard.Media.Native;

/// <summary>
/// posix_spawn with exactly the descriptors that the child is to have. Process.Start cannot be used: it hands every
/// descriptor without CLOEXEC to every child, and its exit notices come from the thread pool.
/// </summary>
internal static unsafe partial class Spawn
{
    private const short SetSigDef = 0x04;
    private const short SetSigMask = 0x08;
    private const short SetScheduler = 0x20;
    private const short SetSid = 0x80;

    // SIGHUP, SIGINT, SIGUSR1, SIGUSR2 and SIGTERM.
    private static readonly int[] StopSignals = [1, 2, 10, 12, 15];

    // glibc's and musl's structures are smaller than this on every 64-bit platform (glibc: 80, 336 and 128 bytes).
    private const int StructureBytes = 512;

    /// <summary>Starts a program in a session of its own, with default signal handling and nothing inherited but the named descriptors.</summary>
    /// <param name="path">The program.</param>
    /// <param name="arguments">Arguments, the program's name first.</param>
    /// <param name="environment">The whole environment, as NAME=VALUE.</param>
    /// <param name="descriptors">Descriptors of this process, all 10 or higher, that become 0, 1, 2, … in the child.</param>
    /// <param name="blocksStops">
    /// Whether signals that ask a program to stop stay blocked in the child: a scheduler sends them to every process of a job, and the child is to go on until
    /// the one that started it ends it.
    /// </param>
    /// <param name="folder">The folder that it runs in; null for this process's own.</param>
    /// <param name="pid">The child's process id.</param>
    /// <returns>0, or the error number of the start.</returns>
    /// <exception cref="Win32Exception">There is no memory even to prepare it.</exception>
    public static int Start(
        string path,
        IReadOnlyList<string> arguments,
        IReadOnlyList<string> environment,
        ReadOnlySpan<int> descriptors,
        bool blocksStops,
        string? folder,
        out int pid)
    {
        byte* actions = stackalloc byte[StructureBytes];
        byte* attributes = stackalloc byte[StructureBytes];
        byte* signals = stackalloc byte[128];
        using var argv = new NativeStrings(arguments);
        using var envp = new NativeStrings(environment);

        Require(FileActionsInit(actions));
        Require(AttributesInit(attributes));
        try
        {
            for (int i = 0; i < descriptors.Length; i++)
            {
                Require(FileActionsAddDup2(actions, descriptors[i], i));
            }

            Require(FileActionsAddCloseFrom(actions, descriptors.Length));

            if (folder is not null)
            {
                Require(FileActionsAddChdir(actions, folder));
            }

            _ = SigEmptySet(signals);
            foreach (int stop in blocksStops ? StopSignals : [])
            {
                _ = SigAddSet(signals, stop);
            }

            Require(AttributesSetSigMask(attributes, signals));
            _ = SigFillSet(signals);
            Require(AttributesSetSigDefault(attributes, signals));

            // A real-time host would hand its priority on, and one spinning helper could then starve the thread that has to kill it. One of lower priority
            // than ordinary (SCHED_IDLE) hands that on: to raise it takes a right that this thread may lack, and the start would fail.
            int ordinary = 0;
            Require(AttributesSetSchedulerPolicy(attributes, ordinary));
            Require(AttributesSetSchedulerParameters(attributes, &ordinary));
            short scheduler = IsRealTime(SchedulerPolicy(0)) ? SetScheduler : (short)0;

            // A session of its own: Ctrl-C in the terminal is for the supervisor, and the whole group can be killed at once.
            Require(AttributesSetFlags(attributes, (short)(SetSigDef | SetSigMask | SetSid | scheduler)));

            int child;
            int error = PosixSpawn(&child, path, actions, attributes, argv.Pointers, envp.Pointers);
            pid = error == 0 ? child : 0;
            return error;
        }
        finally
        {
            _ = FileActionsDestroy(actions);
            _ = AttributesDestroy(attributes);
        }
    }

    // SCHED_FIFO, SCHED_RR or SCHED_DEADLINE, with or without the flag that children are ordinary (SCHED_RESET_ON_FORK).
    private static bool IsRealTime(int policy) => (policy & ~0x40000000) is 1 or 2 or 6;

    private static void Require(int error)
    {
        if (error != 0)
        {
            throw new Win32Exception(error, $"A process start could not be prepared: {Libc.ErrorText(error)}");
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int PosixSpawn(int* pid, string path, void* actions, void* attributes, byte** argv, byte** envp);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int FileActionsInit(void* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int FileActionsDestroy(void* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int FileActionsAddDup2(void* actions, int from, int to);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addclosefrom_np")]
    private static partial int FileActionsAddCloseFrom(void* actions, int from);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addchdir_np", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FileActionsAddChdir(void* actions, string folder);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial int AttributesInit(void* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial int AttributesDestroy(void* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial int AttributesSetFlags(void* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static partial int AttributesSetSigMask(void* attributes, void* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static partial int AttributesSetSigDefault(void* attributes, void* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setschedpolicy")]
    private static partial int AttributesSetSchedulerPolicy(void* attributes, int policy);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setschedparam")]
    private static partial int AttributesSetSchedulerParameters(void* attributes, int* parameters);

    [LibraryImport("libc", EntryPoint = "sched_getscheduler")]
    private static partial int SchedulerPolicy(int thread);

    [LibraryImport("libc", EntryPoint = "sigemptyset")]
    private static partial int SigEmptySet(void* signals);

    [LibraryImport("libc", EntryPoint = "sigaddset")]
    private static partial int SigAddSet(void* signals, int signal);

    [LibraryImport("libc", EntryPoint = "sigfillset")]
    private static partial int SigFillSet(void* signals);

    /// <summary>A null-terminated array of C strings.</summary>
    private readonly ref struct NativeStrings
    {
        private readonly int _count;

        public NativeStrings(IReadOnlyList<string> strings)
        {
            _count = strings.Count;
            Pointers = (byte**)NativeMemory.AllocZeroed((nuint)_count + 1, (nuint)sizeof(byte*));
            for (int i = 0; i < _count; i++)
            {
                Pointers[i] = (byte*)Marshal.StringToCoTaskMemUTF8(strings[i]);
            }
        }

        public byte** Pointers { get; }

        public void Dispose()
        {
            for (int i = 0; i < _count; i++)
            {
                Marshal.FreeCoTaskMem((nint)Pointers[i]);
            }

            NativeMemory.Free(Pointers);
        }
    }
}
