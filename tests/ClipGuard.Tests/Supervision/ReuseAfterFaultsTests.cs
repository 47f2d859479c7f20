using ClipGuard.Media;
using ClipGuard.Supervision;
using ClipGuard.Supervision.Helpers.Pooling;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ReuseAfterFaultsTests
{
    private static readonly ClipSource Clip = new FileSource("/data/clip.wav");
    private static readonly ClipFault Corrupt = Fault(FaultKind.Corrupt, "Half of it is missing.");
    private static readonly ClipFault Unsupported = Fault(FaultKind.Unsupported, "No decoder.");

    private readonly ReuseAfterFaults _reuse = new(confirmOneIn: 3);

    [Test]
    public void The_first_finding_is_confirmed_and_then_one_in_so_many() =>
        Assert.That(Findings(7), Is.EqualTo(new[] { true, false, false, true, false, false, true }));

    [Test]
    public void Findings_that_were_not_confirmed_count_from_the_last_that_was()
    {
        Findings(3);
        Assert.That(_reuse.Report.UnconfirmedCount, Is.EqualTo(2));
        Findings(1);
        Assert.That(_reuse.Compare(Corrupt, Clip, Corrupt, isSettled: true), Is.Null);
        Assert.That(_reuse.Report, Is.EqualTo(new ReuseAfterFaultReport { ConfirmedCount = 1 }));
    }

    [Test]
    public void A_fresh_helper_that_comes_to_nothing_has_the_next_finding_confirmed()
    {
        Findings(1);
        Assert.That(_reuse.Compare(Corrupt, Clip, fresh: null, isSettled: false), Is.Null);
        Assert.That(Findings(2), Is.EqualTo(new[] { true, false }));
        Assert.That(_reuse.IsAllowed);
    }

    [Test]
    public void A_disagreement_ends_the_practice_and_the_first_one_is_told()
    {
        Findings(3);
        ReuseDisagreement? first = _reuse.Compare(Corrupt, Clip, fresh: null, isSettled: true);
        string text = $"{Clip}: a helper that had found faults before said Corrupt (Half of it is missing.), and a fresh one says no fault.";
        Assert.That(first, Is.EqualTo(new ReuseDisagreement(text, Unconfirmed: 2, IsFirst: true)));
        Assert.That(_reuse.IsAllowed, Is.False);

        ReuseDisagreement? second = _reuse.Compare(Corrupt, Clip, Unsupported, isSettled: true);
        Assert.That(second?.Text, Does.EndWith("and a fresh one says Unsupported (No decoder.)."));
        Assert.That(second?.IsFirst, Is.False);
        Assert.That(_reuse.Report, Is.EqualTo(new ReuseAfterFaultReport { UnconfirmedCount = 2, Disagreement = text }));

        // Helpers that are still at work: what they find is put to fresh ones, all of it.
        Assert.That(Findings(2), Is.EqualTo(new[] { true, true }));
    }

    [Test]
    public void With_none_in_so_many_no_helper_stays_in_use() => Assert.That(new ReuseAfterFaults(confirmOneIn: 0).IsAllowed, Is.False);

    private static ClipFault Fault(FaultKind kind, string message) => new(kind, DecodeStage.Decode, message, new PostMortem());

    private bool[] Findings(int count) => [.. Enumerable.Range(0, count).Select(_ => _reuse.IsToConfirm())];
}
