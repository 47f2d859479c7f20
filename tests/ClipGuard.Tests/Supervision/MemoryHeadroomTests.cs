using ClipGuard.Supervision.Accounting;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

internal sealed class MemoryHeadroomTests
{
    private const long Wanted = 1L << 30;

    private string _root = null!;

    [SetUp]
    public void MakeFolder() => _root = Directory.CreateTempSubdirectory("memory-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_root, recursive: true);

    [TestCase(1 << 20, true)]
    [TestCase((1 << 20) - 1, false)]
    public void What_is_available_on_the_machine_counts(int kilobytes, bool expected)
    {
        Write("proc/meminfo", $"MemTotal:       24000000 kB\nMemFree:  1 kB\nMemAvailable:   {kilobytes} kB\n");
        Assert.That(HasRoom(), Is.EqualTo(expected));
    }

    [TestCase("some avg10=9.99 avg60=80.00 avg300=80.00 total=1\nfull avg10=90.00 avg60=0.00 avg300=0.00 total=0\n", true)]
    [TestCase("some avg10=10.00 avg60=0.00 avg300=0.00 total=1\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n", false)]
    public void Tasks_that_wait_for_memory_count(string pressure, bool expected)
    {
        Write("proc/pressure/memory", pressure);
        Assert.That(HasRoom(), Is.EqualTo(expected));
    }

    [TestCase("3221225472", "2147483648", 0, true)]
    [TestCase("3221225472", "2147483649", 0, false)]
    [TestCase("3221225472", "2147483649", 1, true)]
    [TestCase("max", "2147483649", 0, true)]
    public void The_limit_of_a_group_above_counts(string limit, string used, int cached, bool expected)
    {
        Write("proc/self/cgroup", "0::/slice/run\n");
        Write("sys/fs/cgroup/slice/memory.max", limit + "\n");
        Write("sys/fs/cgroup/slice/memory.current", used + "\n");
        Write("sys/fs/cgroup/slice/memory.stat", $"anon 5\ninactive_file {cached}\n");
        Assert.That(HasRoom(), Is.EqualTo(expected));
    }

    [Test]
    public void The_pressure_of_the_own_group_counts()
    {
        Write("proc/self/cgroup", "0::/run\n");
        Write("sys/fs/cgroup/run/memory.pressure", "some avg10=55.00 avg60=0.00 avg300=0.00 total=0\n");
        Assert.That(HasRoom(), Is.False);
    }

    [TestCase(2147483648, true)]
    [TestCase(2147483649, false)]
    public void Groups_of_version_1_count(long used, bool expected)
    {
        Write("proc/self/cgroup", "5:cpu,cpuacct:/run\n4:memory:/run\n0::/\n");
        Write("sys/fs/cgroup/memory/run/memory.limit_in_bytes", "3221225472\n");
        Write("sys/fs/cgroup/memory/run/memory.usage_in_bytes", $"{used}\n");
        Write("sys/fs/cgroup/memory/run/memory.stat", "cache 5\ntotal_inactive_file 0\n");
        Assert.That(HasRoom(), Is.EqualTo(expected));
    }

    [Test]
    public void Where_the_system_does_not_tell_there_is_room() => Assert.That(HasRoom());

    [Test]
    public void An_answer_holds_for_a_quarter_of_a_second()
    {
        var room = new MemoryHeadroom(Wanted, _root);
        bool first = room.Has(1_000_000_000);
        Write("proc/meminfo", "MemAvailable:   1 kB\n");
        Assert.That((first, room.Has(1_249_999_999), room.Has(1_250_000_000)), Is.EqualTo((true, true, false)));
    }

    private bool HasRoom() => new MemoryHeadroom(Wanted, _root).Find();

    private void Write(string file, string text)
    {
        string path = Path.Combine(_root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
