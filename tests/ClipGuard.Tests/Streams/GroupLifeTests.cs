using ClipGuard.Streams.Groups;

using NUnit.Framework;

namespace ClipGuard.Tests.Streams;

/// <summary>The table of a group's life, cell by cell, and what has to hold of all of it.</summary>
[TestFixture]
internal sealed class GroupLifeTests
{
    private static readonly GroupState[] Active = [GroupState.Opening, GroupState.Filling, GroupState.Running, GroupState.Draining];

    private static IEnumerable<TestCaseData> Cells => GroupLife.Cells.Select(cell =>
        new TestCaseData(cell.Key.State, cell.Key.Event, cell.Value).SetName($"{{m}}({cell.Key.State}, {cell.Key.Event})"));

    [TestCaseSource(nameof(Cells))]
    public void Every_cell_keeps_the_rules(object stateObject, object eventObject, object stepObject)
    {
        (GroupState state, GroupEvent happened, GroupStep step) = ((GroupState)stateObject, (GroupEvent)eventObject, (GroupStep)stepObject);
        Assert.Multiple(() =>
        {
            Assert.That(step.Next, Is.GreaterThanOrEqualTo(state), "no way leads back");
            Assert.That(
                step.Actions.HasFlag(GroupAction.End),
                Is.EqualTo(step.Next == GroupState.Ending && state != GroupState.Ending),
                "everything is ended on the way to the end, once");
            Assert.That(
                step.Actions.HasFlag(GroupAction.Force),
                Is.EqualTo(step.Next == GroupState.Forcing && state != GroupState.Forcing),
                "nothing is set aside that was not killed before");
            Assert.That(step.Next == GroupState.Gone, Is.EqualTo(happened == GroupEvent.AllGone), "gone when all is gone, and only then");
            Assert.That(step.Actions.HasFlag(GroupAction.Clear), Is.EqualTo(step.Next == GroupState.Gone), "released when all is gone, once");
            Assert.That(
                step.Actions.HasFlag(GroupAction.Conclude),
                Is.EqualTo(state is GroupState.Ending or GroupState.Forcing && step.Next is GroupState.SetAside or GroupState.Gone && state != GroupState.SetAside),
                "the verdict is said when the end is known, once");
            Assert.That(
                step.Actions.HasFlag(GroupAction.StartTool),
                Is.EqualTo(step.Next == GroupState.Running && state != GroupState.Running),
                "the tool starts once, when its inputs are there");
            Assert.That(
                step.Actions.HasFlag(GroupAction.Examine) || step.Actions.HasFlag(GroupAction.Judge),
                Is.EqualTo(step.Actions.HasFlag(GroupAction.End) && happened != GroupEvent.Cancelled),
                "nothing ends without a reason");
        });
    }

    [Test]
    public void Whatever_it_does_it_can_fail_run_out_of_time_and_be_cancelled()
    {
        foreach (GroupState state in Active)
        {
            Assert.That(GroupLife.Next(state, GroupEvent.Broke).Next, Is.EqualTo(GroupState.Ending));
            Assert.That(GroupLife.Next(state, GroupEvent.TimeOver).Next, Is.EqualTo(GroupState.Ending));
            Assert.That(GroupLife.Next(state, GroupEvent.Cancelled).Next, Is.EqualTo(GroupState.Ending));
        }
    }

    [Test]
    public void What_cannot_happen_is_a_bug() =>
        Assert.Throws<InvalidOperationException>(() => GroupLife.Next(GroupState.Gone, GroupEvent.ToolExited));
}
