using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

[CancelAfter(30_000)]
public sealed class ResourceLimitCheckTests
{
    [TestCase(3, 160L, 120)]
    [TestCase(1, null, 1_000)]
    [TestCase(64, 524_288L, 200)]
    public void Enough_descriptors(int helpers, long? limit, int open) =>
        Assert.That(ResourceLimitCheck.FindDescriptorShortage(helpers, limit, open), Is.Null);

    [Test]
    public void Too_few_descriptors_are_told_with_the_limit_the_need_and_what_to_do() =>
        Assert.That(ResourceLimitCheck.FindDescriptorShortage(64, 256, 120), Is.EqualTo(
            "64 helpers need about 648 open files in this process, and its limit is 256: raise it (ulimit -n 648), or use fewer workers"));

    [Test]
    public void Too_few_processes_are_told_with_the_limit_the_need_and_what_to_do()
    {
        Assert.That(ResourceLimitCheck.FindTaskShortage(1, 140, 120, "this user", "ulimit -u "), Is.Null);
        Assert.That(ResourceLimitCheck.FindTaskShortage(2, 140, 120, "this user", "ulimit -u "), Is.EqualTo(
            "2 helpers need about 144 processes and threads, those counted that this user has already, and its limit is 140: "
            + "raise it (ulimit -u 144), or use fewer workers"));
    }

    [Test]
    public void Threads_of_decoders_count()
    {
        Assert.That(ResourceLimitCheck.FindTaskShortage(1, 140, 120, "this user", "ulimit -u ", decoderThreads: 1), Is.Null);
        Assert.That(ResourceLimitCheck.FindTaskShortage(1, 140, 120, "this user", "ulimit -u ", decoderThreads: 2), Does.Contain("about 141 processes"));
    }

    [Test]
    public void This_machine_has_enough_for_a_helper() => Assert.That(ResourceLimitCheck.FindShortage(1), Is.Null);
}
