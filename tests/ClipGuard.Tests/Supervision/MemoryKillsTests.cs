using ClipGuard.Supervision.Processes;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

internal sealed class MemoryKillsTests
{
    private readonly TestClock _clock = new();
    private long _count;
    private MemoryKills _kills = null!;

    [SetUp]
    public void Begin()
    {
        _count = 7;
        _kills = new MemoryKills(() => _count, _clock);
    }

    [Test]
    public void Kills_of_before_are_nobodys() => Assert.That(_kills.Claim(), Is.False);

    [Test]
    public void Two_victims_of_one_shortage_are_both_told()
    {
        _count += 2;
        Assert.That(new[] { _kills.Claim(), _kills.Claim(), _kills.Claim() }, Is.EqualTo(new[] { true, true, false }));
    }

    [Test]
    public void What_nobody_asked_about_for_long_was_somebody_elses()
    {
        _count += 2;
        Assert.That(_kills.Claim());
        _clock.Advance(TimeSpan.FromSeconds(3));
        Assert.That(_kills.Claim(), Is.False);
    }
}
