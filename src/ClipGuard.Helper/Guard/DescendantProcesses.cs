using System.Globalization;
using System.Runtime.InteropServices;

using ClipGuard.Media.Native;
using ClipGuard.Media.Wire;

namespace ClipGuard.Helper.Guard;

/// <summary>
/// Every process that descends from this one. The kernel makes orphans among them its children (PR_SET_CHILD_SUBREAPER), also those that
/// began a session of their own, so none can get away. Only direct children are ever killed: their ids cannot pass to strangers before
/// they are reaped here, and the death of each makes its own children direct ones.
/// </summary>
internal sealed unsafe class DescendantProcesses
{
    private readonly Lock _gate = new();
    private bool _ending;
    private int _leftBehind;
    private double _cpuSeconds;
    private long _peakKilobytes;

    /// <summary>Makes this process the one that orphans among its descendants fall to.</summary>
    public static void Adopt() => Libc.Prctl(Libc.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);

    /// <summary>Waits until the first child and then all others have ended; what outlives the first child is killed.</summary>
    /// <returns>How the first child ended, and what all of them used.</returns>
    public ToolExitedMessage ReapAll(int firstChild)
    {
        int firstStatus = 0;
        Libc.SignalInfo info;
        while (Libc.WaitId(Libc.P_ALL, 0, &info, Libc.WEXITED | Libc.WNOWAIT) is var waited && (waited == 0 || Marshal.GetLastPInvokeError() == Libc.EINTR))
        {
            if (waited != 0)
            {
                continue;
            }

            lock (_gate)
            {
                int pid = info.Pid;
                int status;
                Libc.ResourceUsage usage;
                if (Libc.Wait4(pid, &status, Libc.WNOHANG, &usage) != pid)
                {
                    continue;
                }

                Count(usage);
                if (pid == firstChild)
                {
                    firstStatus = status;
                    _leftBehind = _ending ? 0 : Children().Count;
                    _ending = true;
                }

                if (_ending)
                {
                    KillChildren();
                }
            }
        }

        return new ToolExitedMessage(firstStatus) { LeftBehind = _leftBehind, CpuSeconds = _cpuSeconds, PeakMemoryBytes = PeakBytes() };
    }

    /// <summary>Ends every descendant. <see cref="ReapAll"/> returns when they are gone.</summary>
    public void EndAll()
    {
        lock (_gate)
        {
            _ending = true;
            KillChildren();
        }
    }

    // wait4 counts with a child the descendants that it waited for; those that it did not wait for become children of this process, and are counted then.
    private void Count(in Libc.ResourceUsage usage)
    {
        _cpuSeconds += usage.CpuTime.TotalSeconds;
        _peakKilobytes = Math.Max(_peakKilobytes, usage.MaxResidentKilobytes);
    }

    // A process begins with the peak of the one that started it (exec_mmap in the kernel's fs/exec.c): a figure that is not above this process's own says
    // nothing about its children.
    private long PeakBytes()
    {
        Libc.ResourceUsage own;
        return Libc.GetResourceUsage(Libc.RUSAGE_SELF, &own) == 0 && _peakKilobytes > own.MaxResidentKilobytes ? _peakKilobytes * 1024 : 0;
    }

    private static void KillChildren() => Children().ForEach(pid => Libc.Kill(pid, Libc.SIGKILL));

    // Children that are alive, without those that wait to be reaped. Mostly there is none at all, which waitid tells without a walk through all processes.
    private static List<int> Children()
    {
        Libc.SignalInfo info;
        if (Libc.WaitId(Libc.P_ALL, 0, &info, Libc.WEXITED | Libc.WNOWAIT | Libc.WNOHANG) != 0)
        {
            return [];
        }

        List<int> children = [];
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                && ProcessStat.Read(folder) is { State: not 'Z' and not 'X' } process
                && process.Parent == Environment.ProcessId)
            {
                children.Add(pid);
            }
        }

        return children;
    }
}
