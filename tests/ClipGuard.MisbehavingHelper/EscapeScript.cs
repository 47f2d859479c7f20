using System.Globalization;
using System.Runtime.InteropServices;

using ClipGuard.Media;
using ClipGuard.Media.Wire;

namespace ClipGuard.MisbehavingHelper;

/// <summary>Tries to get out of the sandbox, and answers with the error number that it met (0: it got out) as the only sample.</summary>
internal static unsafe partial class EscapeScript
{
    private const int O_WRONLY = 0x1;
    private const int O_WRONLY_CREAT = 0x41;
    private const int F_SETOWN = 8;
    private const int PTRACE_ATTACH = 16;

    public static void Try(string what, HelperConnection connection, DecodeMessage message)
    {
        long result = what switch
        {
            "write" => Open("/tmp/clipguard-escape", O_WRONLY_CREAT, 0x1A4),
            "socket" => Socket(2, 1, 0),
            "program" => Execve("/bin/true", null, null),
            "process" => Fork(),
            "trace" => Ptrace(PTRACE_ATTACH, ParentId(), 0, 0),
            "read-parent" => ReadParent(),
            "open-parent-memory" => Open($"/proc/{ParentId().ToString(CultureInfo.InvariantCulture)}/mem", 0, 0),
            "overwrite" => Open("/etc/hostname", O_WRONLY, 0),
            "remove" => Unlink("/etc/hostname"),
            "mode" => ChangeMode("/tmp", 0x3FF),
            "signal" => Kill(ParentId(), 0),
            "signal-by-descriptor" => Fcntl(0, F_SETOWN, ParentId()),
            "priority" => RaisePriority(),
            "descriptors" => CountLastingDescriptors(),
            _ => throw new ArgumentException($"There is no way out called {what}."),
        };
        *(float*)(connection.Payload + message.OutputOffset) = result >= 0 ? -result : Marshal.GetLastPInvokeError();
        connection.Send(new ReplyMessage(message.Id) { Clip = new DecodedClip(ElementType.Float32, [1, 1]) });
    }

    // One that the runtime opens for a moment, on another thread, is not there a second time.
    private static long CountLastingDescriptors()
    {
        long before = CountDescriptors();
        Thread.Sleep(100);
        return Math.Min(before, CountDescriptors());
    }

    // As a negative number, as every way out that was found: how many descriptors are open beyond the five of the protocol.
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
            bool ownRuntime = target.Contains("doublemapper", StringComparison.Ordinal) || target.StartsWith("pipe:", StringComparison.Ordinal)
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
    private static partial int Socket(int domain, int type, int protocol);

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

    [LibraryImport("libc", EntryPoint = "sched_setscheduler", SetLastError = true)]
    private static partial int SetScheduler(int pid, int policy, int* parameters);

    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int ParentId();

    [LibraryImport("libc", EntryPoint = "process_vm_readv", SetLastError = true)]
    private static partial nint ProcessVmRead(int pid, void* local, nuint localCount, void* remote, nuint remoteCount, nuint flags);
}
