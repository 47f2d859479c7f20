using ClipGuard.Supervision.Helpers;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

/// <summary>The table of a helper's life: which cells there are, and what holds for all of them.</summary>
[TestFixture]
internal sealed class HelperLifeTests
{
    private static IEnumerable<TestCaseData> Cells =>
        HelperLife.Cells.Select(cell => new TestCaseData(cell.Key.State, cell.Key.Event, cell.Value).SetArgDisplayNames($"{cell.Key.State}, {cell.Key.Event}"));

    private static IEnumerable<HelperState> Alive => Enum.GetValues<HelperState>().Where(state => state != HelperState.Gone);

    [TestCaseSource(nameof(Cells))]
    public void Every_cell_keeps_the_rules(HelperState state, HelperEvent happened, HelperStep step)
    {
        Assert.Multiple(() =>
        {
            Assert.That(step.Actions.HasFlag(HelperAction.Bury), Is.EqualTo(happened == HelperEvent.Exited), "buried when it has exited, and only then");
            Assert.That(step.Next == HelperState.Gone, Is.EqualTo(happened == HelperEvent.Exited || state == HelperState.Gone), "gone when it has exited, and only then");
            Assert.That(step.Actions.HasFlag(HelperAction.Offer), Is.EqualTo(step.Next == HelperState.Ready), "offered when ready");
            Assert.That(
                step.Actions.HasFlag(HelperAction.Kill),
                Is.EqualTo(step.Next == HelperState.Dying && state != HelperState.Dying),
                "killed on the way to dying, once");
            Assert.That(
                step.Actions.HasFlag(HelperAction.Replace),
                Is.EqualTo(CanStillDecode(state) && !CanStillDecode(step.Next)),
                "replaced exactly when it stops being one that can decode");
        });
    }

    [TestCaseSource(nameof(Alive))]
    public void Whatever_it_does_its_end_is_understood_and_it_can_be_ended(HelperState state)
    {
        Assert.That(HelperLife.Cells, Contains.Key((state, HelperEvent.Exited)));
        Assert.That(HelperLife.Cells, Contains.Key((state, HelperEvent.Cancelled)));
    }

    [TestCase(HelperState.Decoding)]
    [TestCase(HelperState.Finishing)]
    [TestCase(HelperState.HungUp)]
    public void A_decode_always_ends_in_a_verdict(HelperState state)
    {
        Assert.That(HelperLife.Next(state, HelperEvent.Exited).Actions.HasFlag(HelperAction.Conclude));
        Assert.That(HelperLife.Next(state, HelperEvent.TimeOver).Next, Is.EqualTo(HelperState.Dying));
        Assert.That(HelperLife.Next(HelperState.Dying, HelperEvent.Exited).Actions.HasFlag(HelperAction.Conclude));
        Assert.That(HelperLife.Next(HelperState.Dying, HelperEvent.TimeOver).Actions.HasFlag(HelperAction.Conclude));
    }

    [Test]
    public void What_cannot_happen_is_a_bug() =>
        Assert.Throws<InvalidOperationException>(() => HelperLife.Next(HelperState.Gone, HelperEvent.Replied));

    // A helper that finishes or has hung up still holds its place: its replacement starts when its end is certain.
    private static bool CanStillDecode(HelperState state) => state is not (HelperState.Leaving or HelperState.Dying or HelperState.SetAside or HelperState.Gone);
}
