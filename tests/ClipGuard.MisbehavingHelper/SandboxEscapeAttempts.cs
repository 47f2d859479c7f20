using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

using ClipGuard.Media;
using ClipGuard.Media.Wire;

namespace ClipGuard.MisbehavingHelper;

/// <summary>
/// Tries ways out of the sandbox, and answers with what each has met, as samples: the number of the error, zero where the way was open. Whatever one of them
/// opens or makes is closed or removed again. It has so many members because each way needs a constant or a call of its own.
/// </summary>
internal static unsafe partial class SandboxEscapeAttempts
{
    private const int Socket = WireProtocol.SocketDescriptor;
    private const int O_WRONLY = 0x1;
    private const int O_WRONLY_CREAT = 0x41;
    private const int O_ASYNC = 0x2000;
    private const int F_SETFL = 4;
    private const int F_SETLK = 6;
    private const int F_SETOWN = 8;
    private const int F_SETSIG = 10;
    private const int F_SETOWN_EX = 15;
    private const int F_SETLEASE = 1024;
    private const uint FIOSETOWN = 0x8901;
    private const uint SIOCSPGRP = 0x8902;
    private const uint FIOASYNC = 0x5452;
    private const uint UnknownRequest = 0x1234;
    private const int UserMayReadAndWrite = 0x180;
    private const int PTRACE_ATTACH = 16;
    private const int PR_SET_PDEATHSIG = 1;
    private const int PR_SET_DUMPABLE = 4;
    private const int PR_SET_CHILD_SUBREAPER = 36;

    private static readonly bool Arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    private static readonly Dictionary<string, Func<long>> Ways = new()
    {
        // Files and other processes.
        ["write"] = () => OpenAndClose("/tmp/clipguard-escape", O_WRONLY_CREAT),
        ["overwrite"] = () => OpenAndClose("/etc/hostname", O_WRONLY),
        ["remove"] = () => Unlink("/etc/hostname"),
        ["mode"] = () => ChangeMode("/tmp", 0x3FF),
        ["socket"] = () => Closed(MakeSocket(2, 1, 0)),
        ["program"] = () => Execve("/bin/true", null, null),
        ["process"] = () => Fork(),
        ["trace"] = () => Ptrace(PTRACE_ATTACH, ParentId(), 0, 0),
        ["read-parent"] = ReadParent,
        ["open-parent-memory"] = () => OpenAndClose($"/proc/{ParentId().ToString(CultureInfo.InvariantCulture)}/mem", 0),
        ["open-init-environment"] = () => OpenAndClose("/proc/1/environ", 0),
        ["signal"] = () => Kill(ParentId(), 0),
        ["priority"] = RaisePriority,
        ["parents-processors"] = () => KeepProcessorsOf(ParentId()),
        ["own-processors"] = () => KeepProcessorsOf(0),

        // Signals that a descriptor sends.
        ["owner"] = () => Fcntl(Socket, F_SETOWN, ParentId()),
        ["owner-ex"] = () => OwnerEx(ParentId()),
        ["signal-number"] = () => Fcntl(Socket, F_SETSIG, 10),
        ["async"] = () => Fcntl(Socket, F_SETFL, O_ASYNC),
        ["lease"] = () => Fcntl(Socket, F_SETLEASE, 0),
        ["owner-by-ioctl"] = () => OfParent(FIOSETOWN),
        ["owner-by-socket"] = () => OfParent(SIOCSPGRP),
        ["async-by-ioctl"] = () => OfParent(FIOASYNC),

        // What others would wait for.
        ["lock"] = () => Fcntl(Socket, F_SETLK, 0),
        ["lock-whole-file"] = () => Flock(WireProtocol.MemoryDescriptor, 2 | 4),

        // Requests and calls that nobody needs or knows.
        ["unknown-request"] = () => Ioctl(Socket, UnknownRequest, null),
        ["newer-call"] = () => Syscall(467, -1, 0, 0),
        ["parent-death"] = () => Prctl(PR_SET_PDEATHSIG, 0),
        ["hiding"] = () => Prctl(PR_SET_DUMPABLE, 0),
        ["adopting"] = () => Prctl(PR_SET_CHILD_SUBREAPER, 1),
        ["user"] = () => Syscall(Arm ? 147 : 117, -1, -1, -1),

        // Memory, queues and semaphores that are not counted, or stay.
        ["shared-segment"] = () => RemovedAgain(Syscall(Arm ? 194 : 29, 0, 4096, UserMayReadAndWrite), Arm ? 195 : 31),
        ["queue"] = () => RemovedAgain(Syscall(Arm ? 186 : 68, 0, UserMayReadAndWrite, 0), Arm ? 187 : 71),
        ["semaphores"] = () => RemovedAgain(Syscall(Arm ? 190 : 64, 0, 1, UserMayReadAndWrite), Arm ? 191 : 66),
        ["posix-queue"] = PosixQueue,
        ["memfd"] = () => Closed(MemfdCreate("escape", 0)),
        ["shared-memory"] = () => MapAndUnmap(0x21, -1),
        ["payload-twice"] = () => MapAndUnmap(0x1, WireProtocol.MemoryDescriptor),
    };

    // What has to be counted, and should not be there.
    private static readonly Dictionary<string, Func<long>> Counts = new()
    {
        ["descriptors"] = CountLastingDescriptors,
        ["capabilities"] = () => CountCapabilities("CapPrm:", "CapEff:", "CapInh:", "CapAmb:"),
        ["capabilities-to-gain"] = () => CountCapabilities("CapBnd:"),
    };

    public static void Try(string[] ways, HelperConnection connection, DecodeMessage message)
    {
        float* met = (float*)(connection.Payload + message.OutputOffset);
        foreach (string way in ways)
        {
            *met++ = Counts.TryGetValue(way, out Func<long>? count) ? count() : Ways[way]() < 0 ? Marshal.GetLastPInvokeError() : 0;
        }

        connection.Send(new ReplyMessage(message.Id) { Clip = new DecodedClip(ElementType.Float32, [1, ways.Length]) { SampleRateHz = 16_000 } });
    }

    private static long OpenAndClose(string path, int flags) => Closed(Open(path, flags, UserMayReadAndWrite));

    private static long Closed(int fd) => fd < 0 ? fd : NativeHangsAndCrashes.Close(fd);

    // Shared memory, queues and semaphores have their removal at the same place: no argument says more than zero.
    private static long RemovedAgain(long id, int control) => id < 0 ? id : Syscall(control, (nint)id, 0, 0);

    private static long MapAndUnmap(int flags, int fd)
    {
        const int readAndWrite = 3;
        void* map = Mmap(null, 4096, readAndWrite, flags, fd, 0);
        return map == (void*)-1 ? -1 : Munmap(map, 4096);
    }

    private static long PosixQueue()
    {
        fixed (byte* name = "clipguard-no-queue\0"u8)
        {
            return Syscall(Arm ? 180 : 240, (nint)name, 0, 0);
        }
    }

    private static long OfParent(uint request)
    {
        int value = ParentId();
        return Ioctl(Socket, request, &value);
    }

    private static long OwnerEx(int pid)
    {
        // struct f_owner_ex: of which kind, 1 for a process, and which.
        int* owner = stackalloc int[2] { 1, pid };
        return FcntlPointer(Socket, F_SETOWN_EX, owner);
    }

    private static long KeepProcessorsOf(int pid)
    {
        const int bytes = 1024;
        byte* processors = stackalloc byte[bytes];
        return GetAffinity(0, bytes, processors) < 0 ? -1 : SetAffinity(pid, bytes, processors);
    }

    private static long CountCapabilities(params string[] sets) => File.ReadAllLines("/proc/self/status")
        .Where(line => sets.Any(set => line.StartsWith(set, StringComparison.Ordinal)))
        .Max(line => BitOperations.PopCount(ulong.Parse(line.AsSpan(line.IndexOf(':') + 1).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture)));

    // One that the runtime opens for a moment, on another thread, is not there a second time.
    private static long CountLastingDescriptors()
    {
        long before = CountDescriptors();
        Thread.Sleep(100);
        return Math.Min(before, CountDescriptors());
    }

    // How many descriptors are open beyond the five of the protocol.
    private static long CountDescriptors()
    {
        long beyond = 0;
        for (int fd = 5; fd < 1024; fd++)
        {
            const int getDescriptor = 1;
            if (Fcntl(fd, getDescriptor) < 0)
            {
                continue;
            }

            string target = new FileInfo($"/proc/self/fd/{fd}").LinkTarget ?? string.Empty;
            bool ownRuntime = target.StartsWith("pipe:", StringComparison.Ordinal)
                || target.EndsWith(".dll", StringComparison.Ordinal) || target.StartsWith("/dev/", StringComparison.Ordinal);
            beyond += ownRuntime ? 0 : 1;
        }

        return beyond;
    }

    private static long RaisePriority()
    {
        const int roundRobin = 2;
        int lowest = 1;
        return SetScheduler(0, roundRobin, &lowest);
    }

    private static long ReadParent()
    {
        byte there;
        byte here;
        var local = new IoVector { Base = &here, Length = 1 };
        var remote = new IoVector { Base = &there, Length = 1 };
        return ProcessVmRead(ParentId(), &local, 1, &remote, 1, 0);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct IoVector
    {
        public void* Base;
        public nuint Length;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unlink(string path);

    [LibraryImport("libc", EntryPoint = "chmod", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeMode(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int MakeSocket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "execve", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execve(string path, void* argv, void* envp);

    [LibraryImport("libc", EntryPoint = "fork", SetLastError = true)]
    private static partial int Fork();

    [LibraryImport("libc", EntryPoint = "ptrace", SetLastError = true)]
    private static partial long Ptrace(long request, int pid, nint address, nint value);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Fcntl(int fd, int command, int argument = 0);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int FcntlPointer(int fd, int command, int* argument);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(int fd, nuint request, int* argument);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Flock(int fd, int operation);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int Prctl(int option, nuint argument);

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MemfdCreate(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial void* Mmap(void* address, nuint length, int protection, int flags, int fd, long offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Munmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "sched_setscheduler", SetLastError = true)]
    private static partial int SetScheduler(int pid, int policy, int* parameters);

    [LibraryImport("libc", EntryPoint = "sched_getaffinity", SetLastError = true)]
    private static partial int GetAffinity(int pid, nuint bytes, byte* processors);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static partial int SetAffinity(int pid, nuint bytes, byte* processors);

    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int ParentId();

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long Syscall(long number, nint argument1, nint argument2, nint argument3);

    [LibraryImport("libc", EntryPoint = "process_vm_readv", SetLastError = true)]
    private static partial nint ProcessVmRead(int pid, void* local, nuint localCount, void* remote, nuint remoteCount, nuint flags);
}
