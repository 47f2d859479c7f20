using ClipGuard.Supervision.Helpers;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

/// <summary>The table of a helper's life: which cells there are, and what holds for all of them.</summary>
[TestFixture]
internal sealed class HelperStateMachineTests
{
    private const string NextStates =
        """
                   SaidReady Replied   RepliedLast FoundBeforeDecoding FoundWhileDecoding CheckPassed ProtocolError HungUp Exited TimeOver   Stalled
        Starting   Ready     Dying     Dying       -                   -                  -           Dying         HungUp Gone   Dying      -
        Ready      Dying     Dying     Dying       -                   -                  -           Dying         Dying  Gone   -          -
        Decoding   Dying     Delivered Finishing   Ready               Checking           -           Dying         HungUp Gone   Dying      Dying
        Delivered  Dying     Dying     -           -                   -                  -           Dying         Dying  Gone   -          -
        Checking   Dying     -         -           -                   -                  Ready       Dying         Dying  Gone   Dying      -
        Finishing  -         -         -           -                   -                  -           -             -      Gone   Dying      -
        HungUp     -         -         -           -                   -                  -           -             -      Gone   Dying      Dying
        Leaving    -         -         -           -                   -                  -           -             -      Gone   Dying      -
        Dying      -         -         -           -                   -                  -           -             -      Gone   Unkillable -
        Unkillable -         -         -           -                   -                  -           -             -      Gone   -          -
        Gone       -         -         -           -                   -                  -           -             -      -      -          -
        """;

    private const string NextStatesOfOurDoing =
        """
                   OverMemory Leased   Released   Retired    Cancelled
        Starting   -          -        -          Dying      Dying
        Ready      -          Decoding -          Leaving    Dying
        Decoding   Dying      -        -          -          Dying
        Delivered  -          -        Ready      Leaving    Dying
        Checking   -          -        -          Leaving    Dying
        Finishing  Dying      -        -          -          Dying
        HungUp     -          -        -          -          Dying
        Leaving    -          -        -          -          Dying
        Dying      -          -        Dying      Dying      Dying
        Unkillable -          -        Unkillable Unkillable Unkillable
        Gone       -          -        Gone       Gone       Gone
        """;

    private static IEnumerable<TestCaseData> Cells =>
        from cell in HelperStateMachine.Cells
        let of = cell.Key
        select new TestCaseData(of.State, of.Event, cell.Value).SetArgDisplayNames($"{of.State}, {of.Event}");

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
        Assert.That(HelperStateMachine.Cells, Contains.Key((state, HelperEvent.Exited)));
        Assert.That(HelperStateMachine.Cells, Contains.Key((state, HelperEvent.Cancelled)));
    }

    [Test]
    public void Every_cell_leads_where_it_should_and_the_others_cannot_happen()
    {
        Dictionary<(HelperState, HelperEvent), string> expected = new[] { NextStates, NextStatesOfOurDoing }.SelectMany(Read).ToDictionary();
        HelperState[] states = Enum.GetValues<HelperState>();
        HelperEvent[] events = Enum.GetValues<HelperEvent>();
        Assert.That(expected, Has.Count.EqualTo(states.Length * events.Length));
        Assert.Multiple(() =>
        {
            foreach ((HelperState state, HelperEvent happened) in states.SelectMany(state => events.Select(happened => (state, happened))))
            {
                string next = HelperStateMachine.Cells.TryGetValue((state, happened), out HelperStep step) ? $"{step.Next}" : "-";
                Assert.That(next, Is.EqualTo(expected[(state, happened)]), $"{state}, {happened}");
            }
        });
    }

    [TestCase(HelperState.Decoding)]
    [TestCase(HelperState.Finishing)]
    [TestCase(HelperState.HungUp)]
    public void A_decode_always_ends_in_a_verdict(HelperState state)
    {
        Assert.That(HelperStateMachine.Next(state, HelperEvent.Exited).Actions.HasFlag(HelperAction.Conclude));
        Assert.That(HelperStateMachine.Next(state, HelperEvent.TimeOver).Next, Is.EqualTo(HelperState.Dying));
        Assert.That(HelperStateMachine.Next(HelperState.Dying, HelperEvent.Exited).Actions.HasFlag(HelperAction.Conclude));
        Assert.That(HelperStateMachine.Next(HelperState.Dying, HelperEvent.TimeOver).Actions.HasFlag(HelperAction.Conclude));
    }

    [Test]
    public void What_cannot_happen_is_a_bug() =>
        Assert.Throws<InvalidOperationException>(() => HelperStateMachine.Next(HelperState.Gone, HelperEvent.Replied));

    private static IEnumerable<KeyValuePair<(HelperState, HelperEvent), string>> Read(string table)
    {
        string[][] rows = [.. table.Split('\n').Select(static row => row.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        return rows.Skip(1).SelectMany(row => rows[0].Zip(row.Skip(1), (happened, next) =>
            KeyValuePair.Create((Enum.Parse<HelperState>(row[0]), Enum.Parse<HelperEvent>(happened)), next)));
    }

    [Test]
    public void A_fault_is_concluded_before_its_helper_is_checked_or_used_again()
    {
        HelperStep early = HelperStateMachine.Next(HelperState.Decoding, HelperEvent.FoundBeforeDecoding);
        HelperStep late = HelperStateMachine.Next(HelperState.Decoding, HelperEvent.FoundWhileDecoding);
        Assert.That(early.Actions, Is.EqualTo(HelperAction.Conclude | HelperAction.Offer));
        Assert.That(late.Actions, Is.EqualTo(HelperAction.Conclude | HelperAction.Check));
        Assert.That(
            HelperStateMachine.Cells.Where(cell => cell.Key.State == HelperState.Checking && cell.Value.Actions.HasFlag(HelperAction.Conclude)),
            Is.Empty);
        Assert.That(HelperAction.Conclude, Is.LessThan(HelperAction.Check));
        Assert.That(HelperAction.Check, Is.LessThan(HelperAction.Offer));
    }

    private static bool IsWanted(HelperState state, HelperEvent happened) =>
        happened is HelperEvent.Cancelled or HelperEvent.Retired || (state, happened) == (HelperState.Finishing, HelperEvent.Exited);

    private static bool MayHoldADecode(HelperState state) =>
        state is HelperState.Starting or HelperState.Decoding or HelperState.Finishing or HelperState.HungUp;

    // A helper that finishes or has hung up still holds its place: its replacement starts when its end is certain.
    private static bool CanStillDecode(HelperState state) =>
        state is not (HelperState.Leaving or HelperState.Dying or HelperState.Unkillable or HelperState.Gone);
}
