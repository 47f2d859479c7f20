using ClipGuard.Supervision.Helpers.Pooling;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class UnkillableHelperCountTests
{
    private readonly UnkillableHelperCount _unkillable = new(workers: 2, most: 1);

    [Test]
    public void Those_that_wait_for_storage_hold_their_leases_and_are_not_too_many()
    {
        _unkillable.Add(waitsForStorage: true);
        Assert.That(_unkillable.HoldAllLeases, Is.False);
        _unkillable.Add(waitsForStorage: true);
        _unkillable.Add(waitsForStorage: true);
        Assert.That((_unkillable.HoldAllLeases, _unkillable.AreTooMany), Is.EqualTo((true, false)));
    }

    [Test]
    public void Others_are_too_many_beyond_the_limit_and_hold_no_lease()
    {
        _unkillable.Add(waitsForStorage: true);
        _unkillable.Add(waitsForStorage: false);
        Assert.That((_unkillable.HoldAllLeases, _unkillable.AreTooMany), Is.EqualTo((false, false)));
        _unkillable.Add(waitsForStorage: false);
        Assert.That((_unkillable.HoldAllLeases, _unkillable.AreTooMany), Is.EqualTo((false, true)));
    }

    [Test]
    public void Those_that_end_count_no_longer()
    {
        _unkillable.Add(waitsForStorage: true);
        _unkillable.Add(waitsForStorage: false);
        _unkillable.Remove(waitedForStorage: true);
        Assert.That((_unkillable.Count, _unkillable.WaitForStorage), Is.EqualTo((1, 0)));
        _unkillable.Remove(waitedForStorage: false);
        Assert.That((_unkillable.Count, _unkillable.WaitForStorage), Is.EqualTo((0, 0)));
    }
}
