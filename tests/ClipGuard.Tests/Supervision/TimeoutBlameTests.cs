using ClipGuard.Media;
using ClipGuard.Supervision;
using ClipGuard.Supervision.Helpers;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

/// <summary>Whose fault it is that a decode has run out of time.</summary>
internal sealed class TimeoutBlameTests
{
    private static readonly SupervisorOptions Options = new() { Deadline = TimeSpan.FromSeconds(60) };

    [TestCase(54, true)]
    [TestCase(53.9, false)]
    public void With_a_caller_who_waits_nine_tenths_of_the_deadline_have_to_have_been_usable(double computed, bool isFault)
    {
        AttemptResult result = OutOfTime(DecodeTimeLimits.ForCaller(Options), elapsed: 60, Spent(computed: computed, processor: 60 - computed));
        Assert.That(
            result is AttemptResult.Faulted { Fault: { Kind: FaultKind.TimedOut, Message: "It took long.", Stage: DecodeStage.Decode } }, Is.EqualTo(isFault));
    }

    [TestCase(60, true)]
    [TestCase(59.9, false)]
    public void Where_nobody_waits_all_of_it(double computed, bool isFault)
    {
        AttemptResult result = OutOfTime(DecodeTimeLimits.ToSettle(Options), elapsed: 1200, Spent(computed: computed, bytes: 1200 - computed));
        Assert.That(result is AttemptResult.Faulted, Is.EqualTo(isFault));
    }

    [Test]
    public void A_decoder_that_gives_up_by_itself_before_the_deadline_is_held_to_the_time_until_then()
    {
        DecodeTimeLimits patience = DecodeTimeLimits.ForCaller(Options);
        Assert.That(OutOfTime(patience, elapsed: 50, Spent(computed: 46, processor: 4)), Is.InstanceOf<AttemptResult.Faulted>());
        Assert.That(OutOfTime(patience, elapsed: 50, Spent(computed: 44, processor: 6)), Is.InstanceOf<AttemptResult.Unsettled>());
    }

    [Test]
    public void A_decode_too_young_to_be_accounted_has_waited_for_nothing() =>
        Assert.That(OutOfTime(DecodeTimeLimits.ForCaller(Options), elapsed: 0.1, default), Is.InstanceOf<AttemptResult.Faulted>());

    [TestCase(30, 20, 10, UnsettledCause.Storage, "it waited for its bytes")]
    [TestCase(10, 20, 30, UnsettledCause.Stopped, "it was stopped")]
    [TestCase(20, 30, 10, UnsettledCause.Starved, "it waited for a processor")]
    [TestCase(30, 30, 30, UnsettledCause.Starved, "it waited for a processor")]
    [TestCase(30, 10, 30, UnsettledCause.Stopped, "it was stopped")]
    public void What_took_most_of_the_time_is_why_a_clip_is_unsettled(double bytes, double processor, double stopped, UnsettledCause cause, string said)
    {
        TimeByCause time = Spent(computed: 1, processor, bytes, stopped);
        UnsettledClip clip = TimeoutBlame.Unsettled(DecodeStage.Read, new PostMortem { Time = time }).Clip;
        Assert.That((clip.Cause, clip.Message), Is.EqualTo((cause, $"Ended in stage Read before the decode had its time: {said}.")));
    }

    private static AttemptResult OutOfTime(DecodeTimeLimits patience, double elapsed, TimeByCause time) => TimeoutBlame.OutOfTime(
        DecodeStage.Decode, "It took long.", new PostMortem { Elapsed = TimeSpan.FromSeconds(elapsed), Time = time }, patience);

    private static TimeByCause Spent(double computed, double processor = 0, double bytes = 0, double stopped = 0) => new()
    {
        Computed = TimeSpan.FromSeconds(computed),
        WaitedForProcessor = TimeSpan.FromSeconds(processor),
        WaitedForBytes = TimeSpan.FromSeconds(bytes),
        Stopped = TimeSpan.FromSeconds(stopped),
    };
}
