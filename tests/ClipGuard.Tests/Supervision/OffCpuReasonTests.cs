using ClipGuard.Supervision;
using ClipGuard.Supervision.Accounting;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

internal sealed class OffCpuReasonTests
{
    // Of 200 milliseconds: computed, waited for a processor, stopped, blocked, waited for bytes.
    [TestCase(0, 0, 0, 200, 0, OffCpuReason.Blocked)]
    [TestCase(20, 0, 0, 180, 0, OffCpuReason.Blocked)]
    [TestCase(0, 0, 0, 90, 110, OffCpuReason.ForBytes)]
    [TestCase(20, 0, 0, 0, 180, OffCpuReason.ForBytes)]
    [TestCase(60, 0, 0, 140, 0, OffCpuReason.None)]
    [TestCase(0, 200, 0, 0, 0, OffCpuReason.None)]
    [TestCase(0, 60, 0, 140, 0, OffCpuReason.None)]
    [TestCase(0, 0, 200, 0, 0, OffCpuReason.None)]
    public void Only_who_has_left_its_processor_to_others_waits(
        int computed, int forProcessor, int stopped, int blocked, int forBytes, OffCpuReason expected)
    {
        var before = new TimeByCause { Computed = TimeSpan.FromSeconds(3), Blocked = TimeSpan.FromSeconds(2), WaitedForBytes = TimeSpan.FromSeconds(1) };
        TimeByCause after = before + new TimeByCause
        {
            Computed = TimeSpan.FromMilliseconds(computed),
            WaitedForProcessor = TimeSpan.FromMilliseconds(forProcessor),
            Stopped = TimeSpan.FromMilliseconds(stopped),
            Blocked = TimeSpan.FromMilliseconds(blocked),
            WaitedForBytes = TimeSpan.FromMilliseconds(forBytes),
        };

        Assert.That(OffCpuReasons.Between(before, after), Is.EqualTo(expected));
    }

    [Test]
    public void No_time_is_no_wait() => Assert.That(OffCpuReasons.Between(default, default), Is.EqualTo(OffCpuReason.None));
}
