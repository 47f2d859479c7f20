using System.Runtime.InteropServices;

using ClipGuard.Media.Native;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Supervision;

/// <summary>Programs are started whatever the priority of the thread that starts them.</summary>
[TestFixture]
internal sealed unsafe partial class SpawningThreadPriorityTests
{
    private const int SCHED_IDLE = 5;

    [Test]
    public void A_thread_of_lowest_priority_and_without_rights_starts_programs()
    {
        int error = -1;
        int status = -1;
        var thread = new Thread(() =>
        {
            int priority = 0;
            if (SetScheduler(0, SCHED_IDLE, &priority) != 0 || Capabilities.KeepOnly(null) is not null)
            {
                return;
            }

            error = Spawn.Start("/bin/true", ["true"], [], [], blocksStops: false, folder: null, out int pid);
            int exit;
            status = error == 0 && Libc.Wait4(pid, &exit, 0, null) == pid ? exit : -1;
        });
        thread.Start();
        thread.Join();

        Assert.That(error, Is.Zero, () => Libc.ErrorText(error));
        Assert.That(status, Is.Zero);
    }

    [LibraryImport("libc", EntryPoint = "sched_setscheduler")]
    private static partial int SetScheduler(int thread, int policy, int* parameters);
}
