using ClipGuard.Supervision.Helpers.Pooling;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class HelperPoolSizeTests
{
    private readonly HelperPoolSize _counts = new(workers: 2, spares: 1);

    [SetUp]
    public void The_workers_helpers_are_ready()
    {
        for (int i = 0; i < 2; i++)
        {
            _counts.BeginStart();
            _counts.HasProcess();
            _counts.BecomeReady();
        }
    }

    [Test]
    public void Spares_are_kept_once_they_are_due()
    {
        Assert.That(_counts.AreFewerThanKeptAnd(0), Is.False);
        _counts.KeepsSpares = true;
        Assert.That(_counts.AreFewerThanKeptAnd(0));
    }

    [Test]
    public void A_start_counts_from_the_moment_when_it_is_asked_for()
    {
        _counts.BeginStart();
        Assert.That((_counts.AreFewerThanKeptAnd(1), _counts.AwaitsProcesses, _counts.Starting), Is.EqualTo((false, true, 1)));
        _counts.HasProcess();
        Assert.That((_counts.AreFewerThanKeptAnd(1), _counts.AwaitsProcesses, _counts.Starting), Is.EqualTo((false, false, 1)));
        _counts.BecomeReady();
        Assert.That((_counts.AreFewerThanKeptAnd(1), _counts.AwaitsProcesses, _counts.Starting), Is.EqualTo((false, false, 0)));
    }

    [Test]
    public void A_start_that_fails_and_a_helper_that_is_lost_are_missed()
    {
        _counts.BeginStart();
        _counts.FailStart();
        Assert.That((_counts.AreFewerThanKeptAnd(1), _counts.AwaitsProcesses, _counts.Starting), Is.EqualTo((true, false, 0)));

        _counts.BeginStart();
        _counts.HasProcess();
        _counts.Lose(wasReady: false);
        Assert.That((_counts.AreFewerThanKeptAnd(0), _counts.Starting), Is.EqualTo((false, 0)));

        _counts.Lose(wasReady: true);
        Assert.That((_counts.AreFewerThanKeptAnd(0), _counts.Starting), Is.EqualTo((true, 0)));
    }

    [Test]
    public void Those_beside_decodes_that_wait_are_too_many_afterwards()
    {
        Assert.That(_counts.AreMoreThanKept, Is.False);
        _counts.BeginStart();
        Assert.That(_counts.AreMoreThanKept);
    }
}
