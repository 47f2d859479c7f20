using ClipGuard.Streams.Sessions;

using NUnit.Framework;

namespace ClipGuard.Tests.Streams;

/// <summary>The table of a group's life, cell by cell, and what has to hold of all of it.</summary>
[TestFixture]
internal sealed class ToolSessionStateMachineTests
{
    private static readonly ToolSessionState[] Active =
    [
        ToolSessionState.Opening, ToolSessionState.Filling, ToolSessionState.Running, ToolSessionState.Draining,
    ];

    private static IEnumerable<TestCaseData> Cells => ToolSessionStateMachine.Cells.Select(cell =>
        new TestCaseData(cell.Key.State, cell.Key.Event, cell.Value).SetName($"{{m}}({cell.Key.State}, {cell.Key.Event})"));

    [TestCaseSource(nameof(Cells))]
    public void Every_cell_keeps_the_rules(object stateObject, object eventObject, object stepObject)
    {
        (ToolSessionState state, ToolSessionEvent happened, ToolSessionStep step) = (
            (ToolSessionState)stateObject, (ToolSessionEvent)eventObject, (ToolSessionStep)stepObject);
        Assert.Multiple(() =>
        {
            Assert.That(step.Next, Is.GreaterThanOrEqualTo(state), "no way leads back");
            Assert.That(
                step.Actions.HasFlag(ToolSessionAction.End),
                Is.EqualTo(step.Next == ToolSessionState.Ending && state != ToolSessionState.Ending),
                "everything is ended on the way to the end, once");
            Assert.That(
                step.Actions.HasFlag(ToolSessionAction.Force),
                Is.EqualTo(step.Next == ToolSessionState.Forcing && state != ToolSessionState.Forcing),
                "nothing is set aside that was not killed before");
            Assert.That(step.Next == ToolSessionState.Gone, Is.EqualTo(happened == ToolSessionEvent.AllGone), "gone when all is gone, and only then");
            Assert.That(step.Actions.HasFlag(ToolSessionAction.Clear), Is.EqualTo(step.Next == ToolSessionState.Gone), "released when all is gone, once");
            Assert.That(
                step.Actions.HasFlag(ToolSessionAction.Conclude),
                Is.EqualTo(
                    state is ToolSessionState.Ending or ToolSessionState.Forcing
                        && step.Next is ToolSessionState.Unkillable or ToolSessionState.Gone
                        && state != ToolSessionState.Unkillable),
                "the verdict is said when the end is known, once");
            Assert.That(
                step.Actions.HasFlag(ToolSessionAction.StartTool),
                Is.EqualTo(step.Next == ToolSessionState.Running && state != ToolSessionState.Running),
                "the tool starts once, when its inputs are there");
            Assert.That(
                step.Actions.HasFlag(ToolSessionAction.Examine) || step.Actions.HasFlag(ToolSessionAction.Judge),
                Is.EqualTo(step.Actions.HasFlag(ToolSessionAction.End) && happened != ToolSessionEvent.Cancelled),
                "nothing ends without a reason");
        });
    }

    [Test]
    public void Whatever_it_does_it_can_fail_run_out_of_time_and_be_cancelled()
    {
        foreach (ToolSessionState state in Active)
        {
            Assert.That(ToolSessionStateMachine.Next(state, ToolSessionEvent.Broke).Next, Is.EqualTo(ToolSessionState.Ending));
            Assert.That(ToolSessionStateMachine.Next(state, ToolSessionEvent.TimeOver).Next, Is.EqualTo(ToolSessionState.Ending));
            Assert.That(ToolSessionStateMachine.Next(state, ToolSessionEvent.Cancelled).Next, Is.EqualTo(ToolSessionState.Ending));
        }
    }

    [Test]
    public void What_cannot_happen_is_a_bug() =>
        Assert.Throws<InvalidOperationException>(() => ToolSessionStateMachine.Next(ToolSessionState.Gone, ToolSessionEvent.ToolExited));
}
