using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

/// <summary>How many processors a job may use, over files laid out as the kernel lays them out.</summary>
internal sealed class AvailableProcessorsTests
{
    private const string Second = "30 24 0:27 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n";
    private const string First = "25 24 0:22 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
        + "26 24 0:23 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n";

    private string _root = null!;

    [SetUp]
    public void MakeFolder() => _root = Directory.CreateTempSubdirectory("processors-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_root, recursive: true);

    [TestCase(null, 16)]
    [TestCase("4", 4)]
    [TestCase("64", 16)]
    [TestCase("0", 16)]
    [TestCase("x", 16)]
    public void Slurm_says_how_many_each_task_has(string? cpus, int expected) => Assert.That(Count(cpus), Is.EqualTo(expected));

    [TestCase("400000 100000", "max 100000", 4)]
    [TestCase("max 100000", "250000 100000", 3, TestName = "{m}(of a group above, a part of one counts as one)")]
    [TestCase("50000 100000", "400000 100000", 1)]
    [TestCase("max 100000", "max 100000", 16)]
    [TestCase("nonsense", "", 16)]
    public void Quotas_of_version_2_hold_of_every_group_above(string own, string above, int expected)
    {
        Write("proc/self/mountinfo", Second);
        Write("proc/self/cgroup", "0::/slurm/job_7/step_0\n");
        Write("sys/fs/cgroup/slurm/job_7/step_0/cpu.max", own + "\n");
        Write("sys/fs/cgroup/slurm/cpu.max", above + "\n");

        Assert.That(Count(), Is.EqualTo(expected));
    }

    [TestCase(200_000, -1, 2)]
    [TestCase(-1, 300_000, 3)]
    [TestCase(-1, -1, 16)]
    public void So_do_those_of_version_1(long own, long above, int expected)
    {
        Write("proc/self/mountinfo", Second.Replace("/sys/fs/cgroup", "/sys/fs/cgroup/unified", StringComparison.Ordinal) + First);
        Write("proc/self/cgroup", "4:cpuset:/else\n3:cpu,cpuacct:/slurm/job_7\n1:name=systemd:/\n0::/\n");
        Write("sys/fs/cgroup/cpu,cpuacct/slurm/job_7/cpu.cfs_quota_us", $"{own}\n");
        Write("sys/fs/cgroup/cpu,cpuacct/slurm/job_7/cpu.cfs_period_us", "100000\n");
        Write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", $"{above}\n");
        Write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");

        Assert.That(Count(), Is.EqualTo(expected));
    }

    // Without a namespace of its own a container sees its group's path from the top, and its group's file system from there.
    [Test]
    public void A_container_sees_its_own_group_as_the_root()
    {
        Write("proc/self/mountinfo", First.Replace(" / /sys/fs/cgroup/cpu,", " /docker/12ab /sys/fs/cgroup/cpu,", StringComparison.Ordinal));
        Write("proc/self/cgroup", "3:cpu,cpuacct:/docker/12ab\n");
        Write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "500000\n");
        Write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");

        Assert.That(Count(), Is.EqualTo(5));
    }

    private int Count(string? cpusPerTask = null) => AvailableProcessors.Find(16, name => name == "SLURM_CPUS_PER_TASK" ? cpusPerTask : null, _root);

    private void Write(string path, string text)
    {
        string file = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
