using System.Diagnostics;

using ClipGuard.Streams.Sessions;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Streams;

/// <summary>What is read of processes, which happens several times in each stall limit, for every process of the machine.</summary>
[TestFixture]
internal sealed class ProcessTreeMeterTests
{
    [Test]
    [CancelAfter(120_000)]
    public void A_name_that_looks_like_further_fields_misleads_nobody()
    {
        // The shell renames itself; its child bears the same name and works for ever.
        using var shell = Process.Start("sh", ["-c", "printf ') R 1 (2) 3 ' > /proc/$$/comm; (while :; do :; done) & wait"]);
        try
        {
            Assert.That(() => ProcessTreeMeter.DescendantsUse(shell.Id).CpuTime, Is.GreaterThan(TimeSpan.FromSeconds(0.1)).After(60_000, 20));
            Assert.That(ProcessTreeMeter.EndedDescendantsCpuTime(shell.Id), Is.LessThan(TimeSpan.FromSeconds(0.1)));
            Assert.That(File.ReadAllText($"/proc/{shell.Id}/comm"), Is.EqualTo(") R 1 (2) 3 \n"));
        }
        finally
        {
            shell.Kill(entireProcessTree: true);
            shell.WaitForExit();
        }
    }

    [Test]
    public void A_process_that_is_gone_used_nothing()
    {
        using var ended = Process.Start("true");
        ended.WaitForExit();

        Assert.That(ProcessTreeMeter.EndedDescendantsCpuTime(ended.Id), Is.EqualTo(TimeSpan.Zero));
        Assert.That(ProcessTreeMeter.DescendantsUse(ended.Id).CpuTime, Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public void Looking_at_all_processes_allocates_little()
    {
        ProcessTreeMeter.DescendantsUse(Environment.ProcessId);
        int processes = Directory.GetDirectories("/proc").Length;
        long before = GC.GetAllocatedBytesForCurrentThread();
        ProcessTreeMeter.DescendantsUse(Environment.ProcessId);

        // Names of folders, and a place in a table.
        Assert.That((GC.GetAllocatedBytesForCurrentThread() - before) / processes, Is.LessThan(1024));
    }
}
