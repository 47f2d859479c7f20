using ClipGuard.Media;
using ClipGuard.Streams;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

/// <summary>When an attempt is followed by another one, and what is then said of the first.</summary>
internal sealed class AttemptHistoryTests
{
    private static readonly ClipFault Crash = new(FaultKind.Crashed, DecodeStage.Decode, "It crashed.", new PostMortem());
    private static readonly ClipFault Stall = new(FaultKind.Stalled, DecodeStage.Open, "It stalled.", new PostMortem { FrameCount = 7 });

    [Test]
    public void A_failure_that_may_be_bad_luck_is_tried_once_more_and_no_further()
    {
        var history = new AttemptHistory<ClipFault>(maxAttempts: 2);
        Assert.That((history.IsSecond, history.TryAgain(Crash, isRetryable: true), history.IsSecond), Is.EqualTo((false, true, true)));
        Assert.That(history.FirstFailure, Is.SameAs(Crash));
        Assert.That(history.TryAgain(Stall, isRetryable: true), Is.False);
    }

    [Test]
    public void A_finding_counts_at_once_and_so_does_a_first_failure_where_one_attempt_is_all()
    {
        Assert.That(new AttemptHistory<ClipFault>(maxAttempts: 2).TryAgain(Crash, isRetryable: false), Is.False);
        Assert.That(new AttemptHistory<ClipFault>(maxAttempts: 1).TryAgain(Crash, isRetryable: true), Is.False);
        Assert.That(new AttemptHistory<ClipFault>(maxAttempts: 2).Conclude(Crash), Is.SameAs(Crash));
    }

    [Test]
    public void What_counts_is_the_second_failure_with_the_first_where_that_was_another()
    {
        var history = new AttemptHistory<ClipFault>(maxAttempts: 2);
        history.TryAgain(Crash, isRetryable: true);
        ClipFault fault = history.Conclude(Stall);
        Assert.That((fault.Kind, fault.Stage, fault.Message), Is.EqualTo((FaultKind.Stalled, DecodeStage.Open, "It stalled. (The first try: It crashed.)")));
        Assert.That((fault.PostMortem.AttemptCount, fault.PostMortem.FrameCount), Is.EqualTo((2, 7L)));
        Assert.That(history.Conclude(Crash).Message, Is.EqualTo("It crashed."));
    }

    [Test]
    public void A_tool_runs_fault_keeps_its_culprit()
    {
        var first = new ToolFault("distorted", ToolFaultKind.Crashed, DecodeStage.Write, "It crashed.", new PostMortem());
        var history = new AttemptHistory<ToolFault>(maxAttempts: 2);
        history.TryAgain(first, isRetryable: true);
        ToolFault fault = history.Conclude(first with { Culprit = ToolFault.Tool, Kind = ToolFaultKind.ToolFailed, Message = "It failed." });
        Assert.That((fault.Culprit, fault.Message), Is.EqualTo((ToolFault.Tool, "It failed. (The first try: It crashed.)")));
        Assert.That(fault.PostMortem.AttemptCount, Is.EqualTo(2));
    }

    [Test]
    public void The_third_failure_that_is_nobodys_fault_ends_it_also_where_a_clip_failed_between()
    {
        var history = new AttemptHistory<ClipFault>(maxAttempts: 2);
        Assert.That(
            (history.TryAgain(), history.TryAgain(Crash, isRetryable: true), history.TryAgain(), history.TryAgain()), Is.EqualTo((true, true, true, false)));
        Assert.That(history.InfrastructureFailures, Is.EqualTo(3));
    }
}
