using ClipGuard.Media;
using ClipGuard.Supervision;
using ClipGuard.Supervision.Helpers;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

/// <summary>What follows from each attempt at a clip.</summary>
internal sealed class DecodeRetryPolicyTests
{
    private static readonly DecodeRequest Asked = new(new FileSource("/a.wav"), new AudioSpec()) { DecoderThreads = 4 };
    private static readonly ClipFault Crash = new(FaultKind.Crashed, DecodeStage.Decode, "It crashed.", new PostMortem());
    private static readonly ClipFault Corrupt = new(FaultKind.Corrupt, DecodeStage.Probe, "It is cut.", new PostMortem());
    private static readonly UnsettledClip Starved = new(UnsettledCause.Starved, DecodeStage.Read, "It waited.", new PostMortem());
    private static readonly AttemptResult.DecoderBug Bug = new("It threw.", "at …");
    private static readonly AttemptResult.InfrastructureFailure Infrastructure = new("It was killed.");

    private static IEnumerable<AttemptResult> NoVerdicts => [Bug, Infrastructure, new AttemptResult.Unsettled(Starved)];

    private static IEnumerable<AttemptResult> Verdicts =>
        [new AttemptResult.Delivered(new DecodedClip(ElementType.UInt8, [1])), new AttemptResult.Faulted(Corrupt)];

    [Test]
    public void A_clip_is_delivered()
    {
        var clip = new DecodedClip(ElementType.UInt8, [2, 3, 4, 3]);
        Assert.That(new DecodeRetryPolicy(firstFailure: null).Next(new AttemptResult.Delivered(clip)), Is.EqualTo(new AttemptDecision.Deliver(clip)));
    }

    [Test]
    public void A_first_attempt_takes_any_helper_and_as_many_threads_as_were_asked_for()
    {
        var attempts = new DecodeRetryPolicy(firstFailure: null);
        Assert.That((attempts.NeedsFreshHelper, attempts.NextRequest(Asked)), Is.EqualTo((false, Asked)));
    }

    [Test]
    public void A_failure_that_may_be_bad_luck_is_tried_once_more_in_a_fresh_helper_with_one_thread()
    {
        var attempts = new DecodeRetryPolicy(firstFailure: null);
        Assert.That(attempts.Next(new AttemptResult.Faulted(Crash)), Is.EqualTo(new AttemptDecision.TryAgain(RetryReason.FirstFailure)));
        Assert.That((attempts.FirstFailure, attempts.NeedsFreshHelper), Is.EqualTo((Crash, true)));
        Assert.That(attempts.NextRequest(Asked), Is.EqualTo(Asked with { DecoderThreads = 1 }));

        var fail = (AttemptDecision.Fail)attempts.Next(new AttemptResult.Faulted(Crash));
        Assert.That((fail.Fault.Kind, fail.Fault.PostMortem.AttemptCount, fail.IsUnconfirmed), Is.EqualTo((FaultKind.Crashed, 2, false)));
    }

    [Test]
    public void After_a_first_failure_in_an_earlier_call_the_next_one_counts()
    {
        var attempts = new DecodeRetryPolicy(Crash);
        Assert.That((attempts.FirstFailure, attempts.NeedsFreshHelper), Is.EqualTo((Crash, true)));
        Assert.That(attempts.Next(new AttemptResult.Faulted(Crash)), Is.InstanceOf<AttemptDecision.Fail>());
    }

    [Test]
    public void A_finding_counts_at_once([Values] bool isUnconfirmed) =>
        Assert.That(
            new DecodeRetryPolicy(firstFailure: null).Next(new AttemptResult.Faulted(Corrupt) { IsUnconfirmed = isUnconfirmed }),
            Is.EqualTo(new AttemptDecision.Fail(Corrupt, isUnconfirmed)));

    [Test]
    public void A_finding_to_confirm_is_put_to_a_fresh_helper_once_and_what_that_comes_to_counts([ValueSource(nameof(Verdicts))] object fresh)
    {
        DecodeRetryPolicy attempts = ToConfirm();
        Assert.That((attempts.ToConfirm, attempts.NeedsFreshHelper, attempts.FirstFailure), Is.EqualTo((Corrupt, true, (ClipFault?)null)));
        Assert.That(attempts.NextRequest(Asked), Is.EqualTo(Asked), "with as many threads as before: it is no second attempt");

        AttemptDecision step = attempts.Next((AttemptResult)fresh);

        Assert.That(
            step,
            fresh is AttemptResult.Delivered { Clip: var clip }
                ? Is.EqualTo(new AttemptDecision.Deliver(clip))
                : Is.EqualTo(new AttemptDecision.Fail(Corrupt, false)));
    }

    [Test]
    public void A_finding_stands_unconfirmed_where_the_fresh_helper_comes_to_nothing([ValueSource(nameof(NoVerdicts))] object nothing) =>
        Assert.That(ToConfirm().Next((AttemptResult)nothing), Is.EqualTo(new AttemptDecision.Fail(Corrupt, true)));

    [Test]
    public void A_failure_of_the_helper_that_was_to_confirm_is_tried_once_more()
    {
        DecodeRetryPolicy attempts = ToConfirm();
        Assert.That(attempts.Next(new AttemptResult.Faulted(Crash)), Is.EqualTo(new AttemptDecision.TryAgain(RetryReason.FirstFailure)));
        Assert.That(attempts.ToConfirm, Is.EqualTo(Corrupt));
    }

    [Test]
    public void The_second_bug_leaves_the_clip_unsettled()
    {
        var attempts = new DecodeRetryPolicy(firstFailure: null);
        Assert.That(attempts.Next(Bug), Is.EqualTo(new AttemptDecision.TryAgain(RetryReason.Bug)));
        Assert.That(attempts.NeedsFreshHelper, Is.True);
        Assert.That(UnsettledBy(attempts, Bug), Is.EqualTo((UnsettledCause.Bug, "A bug of ClipGuard's own, and the clip is not to blame: It threw.")));
    }

    [Test]
    public void The_third_failure_of_the_infrastructure_leaves_the_clip_unsettled()
    {
        var attempts = new DecodeRetryPolicy(firstFailure: null);
        Assert.That(attempts.Next(Infrastructure), Is.EqualTo(new AttemptDecision.TryAgain(RetryReason.Infrastructure)));
        Assert.That((attempts.NeedsFreshHelper, attempts.NextRequest(Asked)), Is.EqualTo((false, Asked)));
        Assert.That(attempts.Next(Infrastructure), Is.EqualTo(new AttemptDecision.TryAgain(RetryReason.Infrastructure)));
        string message = "Helpers keep failing for reasons that are not the clip's (3 times). It was killed.";
        Assert.That(UnsettledBy(attempts, Infrastructure), Is.EqualTo((UnsettledCause.Helpers, message)));
    }

    [Test]
    public void What_is_unsettled_is_not_tried_again_and_tells_of_the_failure_before_it([Values] bool hasFailed)
    {
        var step = (AttemptDecision.LeaveUnsettled)new DecodeRetryPolicy(hasFailed ? Crash : null).Next(new AttemptResult.Unsettled(Starved));
        Assert.That(step.Clip.Message, Is.EqualTo(hasFailed ? "It waited. (The first try: It crashed.)" : "It waited."));
        Assert.That(step.Clip.PostMortem.AttemptCount, Is.EqualTo(hasFailed ? 2 : Starved.PostMortem.AttemptCount));
    }

    private static DecodeRetryPolicy ToConfirm()
    {
        var attempts = new DecodeRetryPolicy(firstFailure: null);
        AttemptDecision step = attempts.Next(new AttemptResult.Faulted(Corrupt) { IsToConfirm = true });
        Assert.That(step, Is.EqualTo(new AttemptDecision.TryAgain(RetryReason.Confirmation)));
        return attempts;
    }

    private static (UnsettledCause Cause, string Message) UnsettledBy(DecodeRetryPolicy attempts, AttemptResult result)
    {
        UnsettledClip clip = ((AttemptDecision.LeaveUnsettled)attempts.Next(result)).Clip;
        return (clip.Cause, clip.Message);
    }
}
