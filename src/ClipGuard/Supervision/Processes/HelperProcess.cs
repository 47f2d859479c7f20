using System.ComponentModel;
using System.Globalization;

using ClipGuard.Media.Native;

namespace ClipGuard.Supervision.Processes;

/// <summary>The process behind a helper and everything that is open for it. Calls on it come from under the pool's lock.</summary>
internal sealed unsafe class HelperProcess
{
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(5);

    private readonly long _startersPeak = ProcessUsage.PeakMemoryBytes(Environment.ProcessId);
    private readonly HelperTemplate? _template;
    private readonly Lock _reaping = new();
    private bool _socketOpen = true;
    private bool _isToBeReaped;
    private ProcessExit? _reaped;

    private HelperProcess(int pid, int pidDescriptor, int socket, int errors, HelperSharedMemory memory, HelperTemplate? template)
    {
        _template = template;
        Pid = pid;
        PidDescriptor = pidDescriptor;
        Socket = socket;
        Errors = errors;
        Memory = memory;
    }

    /// <summary>Process id; not given to another process before <see cref="TryReap"/> has said yes.</summary>
    public int Pid { get; }

    /// <summary>Readable once the process has ended.</summary>
    public int PidDescriptor { get; }

    /// <summary>Our end of the socket.</summary>
    public int Socket { get; }

    /// <summary>Read end of its standard error.</summary>
    public int Errors { get; }

    /// <summary>Its memory.</summary>
    public HelperSharedMemory Memory { get; }

    /// <summary>True where a template is its parent, which is asked to wait for its end: then <see cref="TryReap"/> says no at first.</summary>
    public bool IsForked => _template is not null;

    /// <summary>Called once the template has waited for its end, on another thread.</summary>
    public Action? Reaped { get; set; }

    /// <summary>What it has of its own, where it is somebody else's program; goes once it is gone.</summary>
    public ProgramSandbox? Home { get; init; }

    /// <summary>Starts the helper's program. Called on the spawner's thread, whose restrictions and parent-death signal the helper inherits.</summary>
    /// <param name="launch">What is started.</param>
    /// <param name="devNull">/dev/null, open.</param>
    /// <param name="further">Descriptors, 10 or higher, that follow those of the protocol.</param>
    /// <exception cref="Win32Exception">The system refused; the message says what and why.</exception>
    public static HelperProcess Start(HelperLaunch launch, int devNull, params ReadOnlySpan<int> further) => Start(launch, devNull, null, null, further);

    /// <summary>Starts a helper by forking a template, on its thread.</summary>
    /// <param name="launch">What the template was started as.</param>
    /// <param name="template">The template.</param>
    /// <param name="home">The folder that it is to run in, within the template's; null where it has none.</param>
    /// <exception cref="Win32Exception">The system or the template refused; the message says what and why.</exception>
    public static HelperProcess Start(HelperLaunch launch, HelperTemplate template, ProgramSandbox? home) => Start(launch, -1, template, home, []);

    /// <summary>Starts somebody else's program in its home.</summary>
    /// <exception cref="Win32Exception">The system refused; the message says what and why.</exception>
    public static HelperProcess Start(HelperLaunch launch, ProgramSandbox home) => Start(launch.In(home.Folder), home.Spawner!.DevNull, null, home, []);

    private static HelperProcess Start(HelperLaunch launch, int devNull, HelperTemplate? template, ProgramSandbox? home, ReadOnlySpan<int> further)
    {
        int ours = -1, theirs = -1, errorsRead = -1, errorsWrite = -1;
        HelperSharedMemory? memory = null;
        try
        {
            int* ends = stackalloc int[2];
            _ = Descriptors.Checked(Libc.SocketPair(Libc.AF_UNIX, Libc.SOCK_SEQPACKET | Libc.SOCK_CLOEXEC, 0, ends), "socketpair");
            ours = ends[0];
            theirs = Descriptors.Raised(ends[1], "fcntl");
            Descriptors.MakePipe(out errorsRead, out errorsWrite);

            memory = new HelperSharedMemory(launch.PayloadBytes);
            int pid = template?.Fork([errorsWrite, theirs, memory.Descriptor], home?.Folder)
                ?? Run(launch, [devNull, devNull, errorsWrite, theirs, memory.Descriptor, .. further]);

            int pidDescriptor = Libc.PidfdOpen(pid);
            if (pidDescriptor < 0)
            {
                string reason = Libc.LastError();
                _ = Libc.Kill(pid, Libc.SIGKILL);
                _ = Libc.Wait4(pid, null, 0, null);
                template?.Reap(pid, static _ => { });
                throw new Win32Exception($"pidfd_open: {reason}");
            }

            var process = new HelperProcess(pid, pidDescriptor, ours, errorsRead, memory, template) { Home = home };
            if (home is not null)
            {
                home.Use.Pid = pid;
                var limit = new Libc.ResourceLimit { Soft = ProgramSandbox.MaxBytes, Hard = ProgramSandbox.MaxBytes };
                _ = Libc.ProcessResourceLimit(pid, Libc.RLIMIT_FSIZE, &limit, null);
            }

            (ours, errorsRead, memory) = (-1, -1, null);
            return process;
        }
        finally
        {
            Descriptors.CloseAll(ours, theirs, errorsRead, errorsWrite);
            memory?.Dispose();
        }
    }

    /// <summary>SIGKILL to the process, to whatever else is in its group, and to what it started that has left the group.</summary>
    public void Kill()
    {
        // A helper that is stopped starts nothing more and reaps no child, so that no child's process id is reused while the tree is walked.
        Libc.PidfdSendSignal(PidDescriptor, Libc.SIGSTOP);
        KillDescendants(Pid);
        _ = Libc.Kill(-Pid, Libc.SIGKILL);
        Libc.PidfdSendSignal(PidDescriptor, Libc.SIGKILL);
    }

    /// <summary>Ends a process that nobody is waiting for any more.</summary>
    public void KillAndReap()
    {
        Kill();
        _ = Libc.Wait4(Pid, null, 0, null);
        _template?.Reap(Pid, static _ => { });
        Release();
    }

    /// <summary>Kills the process and waits until it is gone; without work it dies at once, and one that is stuck in the kernel is left to it.</summary>
    /// <returns>How it ended, where that is known.</returns>
    public ProcessExit EndAndReap()
    {
        Kill();
        _ = ProcessWait.ForEnd(PidDescriptor, EndTimeout);
        _ = TryReap(out ProcessExit exit);
        return exit;
    }

    /// <summary>Closes our end of the socket; a healthy helper ends when it sees that.</summary>
    public void CloseSocket()
    {
        if (_socketOpen)
        {
            _socketOpen = false;
            _ = Libc.Close(Socket);
        }
    }

    /// <summary>Reaps the process if it has ended.</summary>
    /// <param name="exit">How it ended.</param>
    /// <returns>False while it still lives.</returns>
    public bool TryReap(out ProcessExit exit)
    {
        int status;
        Libc.ResourceUsage usage;
        // Processes that the helper started may still be there. Its process group can be signalled safely only until the helper is reaped: then the group's
        // number may be reused.
        if (_template is not null)
        {
            return TryReapForked(out exit);
        }

        _ = Libc.Kill(-Pid, Libc.SIGKILL);
        int result = Libc.Wait4(Pid, &status, Libc.WNOHANG, &usage);
        if (result == 0)
        {
            exit = default;
            return false;
        }

        // A host that ignores SIGCHLD has its children reaped by the kernel: then how they ended is not known.
        exit = result == Pid ? ProcessExit.From(status, usage) : default;
        return true;
    }

    /// <summary>
    /// The peak that an exit gives. A process begins with the peak of the one that started it (exec_mmap in the kernel's fs/exec.c), so that a figure
    /// which is not above that says nothing, and 0 is given.
    /// </summary>
    public long PeakMemoryBytes(ProcessExit exit) => exit.PeakMemoryBytes > _startersPeak ? exit.PeakMemoryBytes : 0;

    /// <summary>Releases what is left once the process is reaped.</summary>
    public void Release()
    {
        CloseDescriptors();
        Memory.Dispose();
        Home?.Dispose();
    }

    /// <summary>Closes what is left open once the process is reaped. The memory stays: to give much of it back takes a while.</summary>
    public void CloseDescriptors()
    {
        CloseSocket();
        _ = Libc.Close(Errors);
        _ = Libc.Close(PidDescriptor);
    }

    private static int Run(HelperLaunch launch, ReadOnlySpan<int> descriptors)
    {
        int error = Spawn.Start(launch.Path, launch.Arguments, launch.Environment, descriptors, blocksStops: true, launch.Folder, out int pid);
        return error == 0 ? pid : throw new Win32Exception(error, $"The helper program {launch.Path} cannot be started: {Libc.ErrorText(error)}.");
    }

    // Its process id is its own until the template has waited for it, and so is its group's.
    private bool TryReapForked(out ProcessExit exit)
    {
        lock (_reaping)
        {
            exit = _reaped ?? default;
            if (_reaped is not null)
            {
                return true;
            }

            if (_isToBeReaped || !ProcessWait.ForEnd(PidDescriptor, TimeSpan.Zero))
            {
                return false;
            }

            _isToBeReaped = true;
        }

        _ = Libc.Kill(-Pid, Libc.SIGKILL);
        _template!.Reap(Pid, ended =>
        {
            lock (_reaping)
            {
                _reaped = ended;
            }

            Reaped?.Invoke();
        });
        return false;
    }

    // A helper under seccomp has no children. One without may start programs, and those may leave its process group by beginning sessions of their own.
    private static void KillDescendants(int pid)
    {
        try
        {
            foreach (string task in Directory.EnumerateDirectories($"/proc/{pid}/task"))
            {
                foreach (string child in File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
                {
                    int descendant = int.Parse(child, NumberStyles.None, CultureInfo.InvariantCulture);
                    _ = Libc.Kill(descendant, Libc.SIGSTOP);
                    KillDescendants(descendant);
                    _ = Libc.Kill(descendant, Libc.SIGKILL);
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It has ended meanwhile, or a thread of it has, or it belongs to somebody else.
        }
    }
}
