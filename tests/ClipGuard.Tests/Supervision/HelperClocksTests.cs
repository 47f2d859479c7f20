using ClipGuard.Supervision;
using ClipGuard.Supervision.Accounting;
using ClipGuard.Supervision.Helpers;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

/// <summary>A helper's clocks, with every moment given: what runs out when, and what a grace period leaves out.</summary>
internal sealed class HelperClocksTests
{
    private const long Start = 1_000_000 * Second;
    private const long Second = 1_000_000_000;
    private const double Tick = 0.25;

    // Letters of proc(5): a process that sleeps uses its time, and one that is stopped does not.
    private const char Sleeps = 'S';
    private const char IsStopped = 'T';

    private static readonly SupervisorOptions Options = new()
    {
        Deadline = TimeSpan.FromSeconds(60),
        StallLimit = TimeSpan.FromSeconds(15),
        StartLimit = TimeSpan.FromSeconds(30),
        SlowStart = TimeSpan.FromSeconds(5),
        CheckGrace = TimeSpan.FromSeconds(2),
        HangUpGrace = TimeSpan.FromSeconds(1),
        LeaveGrace = TimeSpan.FromSeconds(2),
        KillTimeout = TimeSpan.FromSeconds(3),
    };

    [Test]
    public void A_slow_start_is_said_once_and_then_waited_for_up_to_its_limit()
    {
        var clocks = new HelperClocks(Options, Start);
        Pass(clocks, 0, 4.75, Sleeps);
        Assert.That(clocks.NextWake(default), Is.EqualTo(At(5)));
        Assert.That((clocks.SaySlowStart(At(4.999)), clocks.SaySlowStart(At(5)), clocks.SaySlowStart(At(5))), Is.EqualTo((false, true, false)));

        Pass(clocks, 4.75, 29.75, Sleeps);
        Assert.That((clocks.IsGraceOver(At(29.999)), clocks.IsGraceOver(At(30))), Is.EqualTo((false, true)));
        Assert.That(clocks.HadItsGrace(At(30)));
    }

    [Test]
    public void What_a_helper_was_stopped_for_is_no_slow_start()
    {
        var clocks = new HelperClocks(Options, Start);
        Pass(clocks, 0, 2, IsStopped);
        Pass(clocks, 2, 6.75, Sleeps);
        Assert.That((clocks.SaySlowStart(At(6.999)), clocks.SaySlowStart(At(7))), Is.EqualTo((false, true)));
    }

    [TestCase(HelperState.Starting, 30)]
    [TestCase(HelperState.Checking, 2)]
    [TestCase(HelperState.HungUp, 1)]
    [TestCase(HelperState.Leaving, 2)]
    [TestCase(HelperState.Dying, 3)]
    public void A_grace_period_lasts_its_length_and_leaves_out_what_the_process_was_stopped_for(object state, double length)
    {
        HelperClocks clocks = In((HelperState)state);
        double stopped = length / 2;
        Pass(clocks, 0, stopped, IsStopped);
        Assert.That((clocks.IsGraceOver(At(length)), clocks.HadItsGrace(At(length))), Is.EqualTo((false, false)));

        Pass(clocks, stopped, length + stopped, Sleeps);
        Assert.That((clocks.IsGraceOver(At(length + stopped - 0.001)), clocks.IsGraceOver(At(length + stopped))), Is.EqualTo((false, true)));
        Assert.That(clocks.HadItsGrace(At(length + stopped)));
    }

    [Test]
    public void A_process_that_is_stopped_for_good_is_given_up_after_twenty_times_the_length()
    {
        HelperClocks clocks = In(HelperState.Dying);
        Pass(clocks, 0, 60, IsStopped);
        Assert.That((clocks.IsGraceOver(At(59.999)), clocks.IsGraceOver(At(60))), Is.EqualTo((false, true)));
        Assert.That(clocks.HadItsGrace(At(60)), Is.False);
    }

    [TestCase(HelperState.Ready)]
    [TestCase(HelperState.Delivered)]
    [TestCase(HelperState.Unkillable)]
    [TestCase(HelperState.Gone)]
    public void Other_states_may_last(object state) => Assert.That(In((HelperState)state).NextWake(default), Is.EqualTo(long.MaxValue));

    [Test]
    public void A_state_with_a_grace_period_is_looked_at_with_each_tick()
    {
        HelperClocks clocks = In(HelperState.Dying);
        Assert.That(clocks.NextWake(default), Is.EqualTo(At(Tick)));
        Pass(clocks, 0, 2.875, Sleeps);
        Assert.That(clocks.NextWake(default), Is.EqualTo(At(3)), "its end is nearer than the next tick");
    }

    [Test]
    public void A_helper_that_hangs_up_in_a_decode_is_waited_for_no_longer_than_the_deadline()
    {
        HelperClocks clocks = Decoding();
        clocks.Enter(HelperState.HungUp, At(59.5));
        Assert.That(clocks.IsGraceOver(At(59.999)), Is.False);
        clocks.AddGrace(Sample(59.75, IsStopped));
        Assert.That(clocks.IsGraceOver(At(60)));
    }

    [Test]
    public void The_deadline_frees_the_caller_on_the_wall_and_is_a_limit_of_usable_time()
    {
        HelperClocks clocks = Decoding();
        Assert.That(Check(clocks, 59.999, usable: 1), Is.Null);
        Assert.That(Check(clocks, 60, usable: 1), Is.EqualTo(HelperEvent.TimeOver));

        clocks = Decoding(DecodeTimeLimits.ToSettle(Options));
        Assert.That(Check(clocks, 100, usable: 59.999), Is.Null);
        Assert.That(Check(clocks, 100, usable: 60), Is.EqualTo(HelperEvent.TimeOver));
        Assert.That(Check(clocks, 1200, usable: 1), Is.EqualTo(HelperEvent.TimeOver), "twenty deadlines on the wall");
    }

    [Test]
    public void A_decode_stalls_and_one_that_has_answered_does_not()
    {
        HelperClocks clocks = Decoding();
        Assert.That(Check(clocks, 20, usable: 20, sinceProgress: 14.999), Is.Null);
        Assert.That(Check(clocks, 20, usable: 20, sinceProgress: 15), Is.EqualTo(HelperEvent.Stalled));

        clocks.Enter(HelperState.Finishing, At(20));
        Assert.That(Check(clocks, 40, usable: 40, sinceProgress: 15), Is.Null);
        Assert.That(Check(clocks, 60, usable: 40), Is.EqualTo(HelperEvent.TimeOver), "of the whole decode, not of this state");
    }

    [TestCase(1, 2, 3, 1)]
    [TestCase(2, 1, 3, 1)]
    [TestCase(3, 2, 1, 1)]
    [TestCase(61, 62, 63, 60)]
    public void A_decode_is_looked_at_when_the_first_of_its_clocks_may_run_out(double sample, double usable, double stall, double expected)
    {
        HelperClocks clocks = Decoding();
        Assert.That(clocks.NextWake(new DecodeTimes(At(sample), At(usable), At(stall))), Is.EqualTo(At(expected)));
    }

    [Test]
    public void A_helper_that_has_answered_is_not_looked_at_for_its_stall_limit()
    {
        HelperClocks clocks = Decoding();
        clocks.Enter(HelperState.Finishing, At(0.5));
        Assert.That(clocks.NextWake(new DecodeTimes(At(3), At(2), At(1))), Is.EqualTo(At(2)));
    }

    private static long At(double seconds) => Start + (long)(seconds * Second);

    private static TimeSample Sample(double at, char thread) =>
        new(At(at), CpuNanoseconds: 0, BytesWaitNanoseconds: 0, [new ThreadSample(Id: 1, thread, RunDelayNanoseconds: 0)]);

    private static void Pass(HelperClocks clocks, double from, double to, char thread)
    {
        for (double at = from + Tick; at < to; at += Tick)
        {
            clocks.AddGrace(Sample(at, thread));
        }

        clocks.AddGrace(Sample(to, thread));
    }

    private static HelperClocks In(HelperState state)
    {
        var clocks = new HelperClocks(Options, Start);
        clocks.Enter(state, Start);
        return clocks;
    }

    private static HelperClocks Decoding(DecodeTimeLimits? patience = null)
    {
        var clocks = new HelperClocks(Options, Start);
        clocks.Dispatch(patience ?? DecodeTimeLimits.ForCaller(Options), Start);
        clocks.Enter(HelperState.Decoding, Start);
        return clocks;
    }

    private static HelperEvent? Check(HelperClocks clocks, double now, double usable, double sinceProgress = 0) =>
        clocks.CheckDecode(At(now), TimeSpan.FromSeconds(usable), TimeSpan.FromSeconds(sinceProgress));
}
