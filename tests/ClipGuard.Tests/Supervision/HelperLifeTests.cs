using ClipGuard.Supervision.Helpers;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

/// <summary>The table of a helper's life: which cells there are, and what holds for all of them.</summary>
[TestFixture]
internal sealed class HelperLifeTests
{
    private const string NextStates =
        """
                   SaidReady Replied   RepliedLast ProtocolError HungUp Exited TimeOver   Stalled OverMemory Leased   Released   Retired    Cancelled
        Starting   Ready     Dying     Dying       Dying         HungUp Gone   Dying      -       -          -        -          Dying      Dying
        Ready      Dying     Dying     Dying       Dying         Dying  Gone   -          -       -          Decoding -          Leaving    Dying
        Decoding   Dying     Delivered Finishing   Dying         HungUp Gone   Dying      Dying   Dying      -        -          -          Dying
        Delivered  Dying     Dying     -           Dying         Dying  Gone   -          -       -          -        Ready      Leaving    Dying
        Finishing  -         -         -           -             -      Gone   Dying      -       Dying      -        -          -          Dying
        HungUp     -         -         -           -             -      Gone   Dying      Dying   -          -        -          -          Dying
        Leaving    -         -         -           -             -      Gone   Dying      -       -          -        -          -          Dying
        Dying      -         -         -           -             -      Gone   Unkillable -       -          -        Dying      Dying      Dying
        Unkillable -         -         -           -             -      Gone   -          -       -          -        Unkillable Unkillable Unkillable
        Gone       -         -         -           -             -      -      -          -       -          -        Gone       Gone       Gone
        """;

    private static IEnumerable<TestCaseData> Cells =>
        HelperLife.Cells.Select(cell => new TestCaseData(cell.Key.State, cell.Key.Event, cell.Value).SetArgDisplayNames($"{cell.Key.State}, {cell.Key.Event}"));

    private static IEnumerable<HelperState> Alive => Enum.GetValues<HelperState>().Where(state => state != HelperState.Gone);

    [TestCaseSource(nameof(Cells))]
    public void Every_cell_keeps_the_rules(HelperState state, HelperEvent happened, HelperStep step)
    {
        Assert.Multiple(() =>
        {
            Assert.That(step.Actions.HasFlag(HelperAction.Release), Is.EqualTo(happened == HelperEvent.Exited), "buried when it has exited, and only then");
            Assert.That(
                step.Next == HelperState.Gone,
                Is.EqualTo(happened == HelperEvent.Exited || state == HelperState.Gone),
                "gone when it has exited, and only then");
            Assert.That(step.Actions.HasFlag(HelperAction.Offer), Is.EqualTo(step.Next == HelperState.Ready), "offered when ready");
            Assert.That(
                step.Actions.HasFlag(HelperAction.Kill),
                Is.EqualTo(step.Next == HelperState.Dying && state != HelperState.Dying),
                "killed on the way to dying, once");
            Assert.That(
                step.Actions.HasFlag(HelperAction.Replace),
                Is.EqualTo(CanStillDecode(state) && !CanStillDecode(step.Next)),
                "replaced exactly when it stops being one that can decode");
            Assert.That(
                step.Actions.HasFlag(HelperAction.Examine),
                Is.EqualTo(MayHoldADecode(state) && step.Next is HelperState.Dying or HelperState.Gone && !IsWanted(state, happened)),
                "examined when a start or a decode fails, and only then");
            Assert.That(
                step.Actions.HasFlag(HelperAction.Close),
                Is.EqualTo(step.Next is HelperState.Leaving or HelperState.Finishing && state != step.Next),
                "left to end by itself");
        });
    }

    [TestCaseSource(nameof(Alive))]
    public void Whatever_it_does_its_end_is_understood_and_it_can_be_ended(HelperState state)
    {
        Assert.That(HelperLife.Cells, Contains.Key((state, HelperEvent.Exited)));
        Assert.That(HelperLife.Cells, Contains.Key((state, HelperEvent.Cancelled)));
    }

    [Test]
    public void Every_cell_leads_where_it_should_and_the_others_cannot_happen()
    {
        string[][] rows = [.. NextStates.Split('\n').Select(static row => row.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        HelperEvent[] events = [.. rows[0].Select(Enum.Parse<HelperEvent>)];
        Assert.That(events, Is.EquivalentTo(Enum.GetValues<HelperEvent>()));
        Assert.That(rows.Skip(1).Select(static row => Enum.Parse<HelperState>(row[0])), Is.EquivalentTo(Enum.GetValues<HelperState>()));
        Assert.Multiple(() =>
        {
            foreach (string[] row in rows.Skip(1))
            {
                HelperState state = Enum.Parse<HelperState>(row[0]);
                foreach ((int column, HelperEvent happened) in events.Index())
                {
                    string next = HelperLife.Cells.TryGetValue((state, happened), out HelperStep step) ? $"{step.Next}" : "-";
                    Assert.That(next, Is.EqualTo(row[column + 1]), $"{state}, {happened}");
                }
            }
        });
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

    private static bool IsWanted(HelperState state, HelperEvent happened) =>
        happened is HelperEvent.Cancelled or HelperEvent.Retired || (state, happened) == (HelperState.Finishing, HelperEvent.Exited);

    private static bool MayHoldADecode(HelperState state) =>
        state is HelperState.Starting or HelperState.Decoding or HelperState.Finishing or HelperState.HungUp;

    // A helper that finishes or has hung up still holds its place: its replacement starts when its end is certain.
    private static bool CanStillDecode(HelperState state) =>
        state is not (HelperState.Leaving or HelperState.Dying or HelperState.Unkillable or HelperState.Gone);
}
