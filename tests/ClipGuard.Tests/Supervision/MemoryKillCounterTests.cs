using ClipGuard.Supervision.Processes;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

/// <summary>Where the kernel's count of processes without memory is read, over files laid out as the kernel lays them out.</summary>
internal sealed class MemoryKillCounterTests
{
    private const string OfTheMachine = "pgfault 99\noom_kill 40\noom_kill_of_others 7\n";
    private const string OfTheGroup = "low 0\nhigh 12\nmax 3\noom 2\noom_kill 5\noom_group_kill 1\n";

    private string _root = null!;

    [SetUp]
    public void MakeFolder()
    {
        _root = Directory.CreateTempSubdirectory("counts-").FullName;
        Write("proc/vmstat", OfTheMachine);
    }

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_root, recursive: true);

    [TestCase("0::/\n", "", TestName = "{m}(a container's, which sees its own group as the root)")]
    [TestCase("0::/user.slice/run-7.scope\n", "user.slice/run-7.scope", TestName = "{m}(a service's or a session's)")]
    [TestCase("12:pids:/elsewhere\n1:name=systemd:/elsewhere\n0::/jobs\n", "jobs", TestName = "{m}(beside groups of version 1)")]
    public void The_own_group_is_asked(string groups, string folder)
    {
        Write("proc/self/cgroup", groups);
        Write($"sys/fs/cgroup/{folder}/memory.events", OfTheGroup);

        Assert.That(new MemoryKillCounter(_root).Read(), Is.EqualTo(5));
    }

    [Test]
    public void A_group_without_a_count_leaves_the_machines()
    {
        Write("proc/self/cgroup", "0::/jobs\n");
        Write("sys/fs/cgroup/memory.events", OfTheGroup);
        Assert.That(new MemoryKillCounter(_root).Read(), Is.EqualTo(40), "That of another group is not it.");

        Write("sys/fs/cgroup/jobs/memory.events", "low 0\nmax 3\n");
        Assert.That(new MemoryKillCounter(_root).Read(), Is.EqualTo(40), "A kernel that does not count kills.");
    }

    [Test]
    public void Groups_of_version_1_leave_the_machines()
    {
        Write("proc/self/cgroup", "4:memory:/jobs\n1:name=systemd:/\n");
        Write("sys/fs/cgroup/memory.events", OfTheGroup);

        Assert.That(new MemoryKillCounter(_root).Read(), Is.EqualTo(40));
    }

    [Test]
    public void Where_nothing_is_to_be_read_nothing_is_counted()
    {
        Write("proc/vmstat", "pgfault 99\n");
        Assert.That(new MemoryKillCounter(_root).Read(), Is.Zero);
    }

    [Test]
    public void One_place_is_read_from_the_first_to_the_last()
    {
        var machines = new MemoryKillCounter(_root);
        Write("proc/self/cgroup", "0::/\n");
        Write("sys/fs/cgroup/memory.events", OfTheGroup);
        var groups = new MemoryKillCounter(_root);
        File.Delete(Path.Combine(_root, "sys/fs/cgroup/memory.events"));

        Assert.That((machines.Read(), groups.Read()), Is.EqualTo((40, 0)));
    }

    private void Write(string path, string text)
    {
        string file = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
