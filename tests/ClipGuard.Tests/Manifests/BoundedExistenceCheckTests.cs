using ClipGuard.Manifests;

using NUnit.Framework;

namespace ClipGuard.Tests.Manifests;

[CancelAfter(30_000)]
public sealed class BoundedExistenceCheckTests
{
    private const string Mounts = """
        21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
        22 21 0:30 / /mnt/clips rw shared:2 - nfs4 server:/clips rw
        23 21 0:31 / /mnt/my\040disk rw - fuse.sshfs host:/ rw
        24 22 8:2 / /mnt/clips/fast rw - xfs /dev/sdb1 rw
        25 21 0:32 / /mnt/was-remote rw - cifs //server/share rw
        26 25 8:3 / /mnt/was-remote rw - ext4 /dev/sdc1 rw
        """;

    [TestCase("/home/me", false)]
    [TestCase("/mnt/clips", true)]
    [TestCase("/mnt/clips/a/b", true)]
    [TestCase("/mnt/clips-too", false)]
    [TestCase("/mnt/clips/fast/a", false)]
    [TestCase("/mnt/my disk/a", true)]
    [TestCase("/mnt/was-remote", true)]
    [TestCase("/mnt", true)]
    [TestCase("/", true)]
    public void A_folder_is_remote_where_it_or_a_mount_below_it_has_a_server(string folder, bool isRemote)
    {
        Assert.That(new MountTable(Mounts.ReplaceLineEndings("\n").Split('\n')).IsRemote(folder), Is.EqualTo(isRemote));
    }

    [Test]
    public void This_machines_own_table_is_read()
    {
        Assert.That(MountTable.Current().IsRemote("/proc"), Is.False);
    }

    [TestCase("a", true)]
    [TestCase("b", false)]
    public void Answers_are_passed_on(string path, bool exists)
    {
        using var folder = new BoundedExistenceCheck(asked => asked == "a", TimeSpan.FromSeconds(20));

        Assert.That(folder.Holds(path), Is.EqualTo(exists));
        Assert.That(folder.Holds(path), Is.EqualTo(exists));
    }

    [Test]
    public void A_folder_that_does_not_answer_is_asked_once_and_then_counts_as_holding_everything()
    {
        using var never = new ManualResetEventSlim();
        int questions = 0;
        using var folder = new BoundedExistenceCheck(
            _ =>
            {
                Interlocked.Increment(ref questions);
                never.Wait();
                return false;
            },
            TimeSpan.FromMilliseconds(50));

        bool[] answers = [folder.Holds("a"), folder.Holds("b"), folder.Holds("c")];
        Assert.That(() => Volatile.Read(ref questions), Is.EqualTo(1).After(10_000, 10));
        never.Set();

        Assert.That(answers, Is.All.True);
        Assert.That(questions, Is.EqualTo(1));
    }

    [Test]
    public void Threads_take_turns_and_get_their_own_answers()
    {
        using var folder = new BoundedExistenceCheck(asked => asked.Length % 2 == 0, TimeSpan.FromSeconds(20));

        int wrong = 0;
        Parallel.For(0, 1000, i => _ = folder.Holds(new string('x', i)) == (i % 2 == 0) ? 0 : Interlocked.Increment(ref wrong));

        Assert.That(wrong, Is.Zero);
    }

    [Test]
    public void A_base_that_does_not_answer_takes_what_no_base_before_it_has()
    {
        using var never = new ManualResetEventSlim();
        using var dead = new BoundedExistenceCheck(
            _ =>
            {
                never.Wait();
                return false;
            },
            TimeSpan.FromMilliseconds(50));
        var paths = new PathResolver([("/local", path => path == "/local/a"), ("/dead", dead.Holds), ("/last", _ => true)]);

        Assert.That(new[] { "a", "b" }.Select(paths.Resolve), Is.EqualTo(new[] { "/local/a", "/dead/b" }));
        never.Set();
    }
}
