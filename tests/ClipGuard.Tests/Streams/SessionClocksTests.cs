using ClipGuard.Streams;
using ClipGuard.Streams.Sessions;
using ClipGuard.Supervision.Accounting;

using NUnit.Framework;

namespace ClipGuard.Tests.Streams;

/// <summary>A session's clocks, with every moment given: what runs out when, and what counts as progress.</summary>
[TestFixture]
internal sealed class SessionClocksTests
{
    private const long Start = 1_000_000 * Second;
    private const long Second = 1_000_000_000;

    private static readonly StreamOptions Options = new()
    {
        Deadline = TimeSpan.FromSeconds(100),
        StallLimit = TimeSpan.FromSeconds(8),
        OpenLimit = TimeSpan.FromSeconds(30),
        SlowOpening = TimeSpan.FromSeconds(5),
        DrainGrace = TimeSpan.FromSeconds(2),
        KillTimeout = TimeSpan.FromSeconds(3),
    };

    private static long At(double seconds) => Start + (long)(seconds * Second);

    [Test]
    public void A_slow_opening_is_said_once_and_then_waited_for_up_to_its_limit()
    {
        var clocks = new SessionClocks(Options, Start);
        Assert.That(clocks.NextWake, Is.EqualTo(At(5)));
        Assert.That(clocks.Check(At(4.999)), Is.EqualTo(SessionAlarm.None));
        Assert.That(clocks.Check(At(5)), Is.EqualTo(SessionAlarm.SlowOpening));
        Assert.That(clocks.NextWake, Is.EqualTo(At(30)));
        Assert.That(clocks.Check(At(29.999)), Is.EqualTo(SessionAlarm.None), "nor is it a stall");
        Assert.That(clocks.Check(At(30)), Is.EqualTo(SessionAlarm.TimeOver));
        Assert.That(clocks.LimitReached(At(30)), Is.EqualTo(Options.OpenLimit));
    }

    [Test]
    public void A_deadline_shorter_than_the_limit_on_opening_is_what_an_opening_meets()
    {
        var clocks = new SessionClocks(Options with { Deadline = TimeSpan.FromSeconds(4) }, Start);
        Assert.That(clocks.NextWake, Is.EqualTo(At(4)));
        Assert.That(clocks.Check(At(4)), Is.EqualTo(SessionAlarm.TimeOver));
        Assert.That(clocks.LimitReached(At(4)), Is.EqualTo(TimeSpan.FromSeconds(4)));
    }

    [TestCase(ToolSessionState.Filling)]
    [TestCase(ToolSessionState.Running)]
    public void The_deadline_runs_on_the_wall_from_the_sessions_start(object state)
    {
        SessionClocks clocks = In((ToolSessionState)state, since: 20);
        for (double at = 22; at < 100; at += 2)
        {
            Assert.That(clocks.Check(At(at)), Is.EqualTo(SessionAlarm.Look));
            clocks.Look(Idle(at), streamsProgressAt: At(at), toolCpuTime: null);
            Assert.That(clocks.IsStalled, Is.False);
        }

        Assert.That(clocks.NextWake, Is.EqualTo(At(100)));
        Assert.That(clocks.Check(At(99.999)), Is.EqualTo(SessionAlarm.None));
        Assert.That(clocks.Check(At(100)), Is.EqualTo(SessionAlarm.TimeOver));
        Assert.That(clocks.LimitReached(At(100)), Is.EqualTo(Options.Deadline));
        Assert.That(clocks.Elapsed(At(100)), Is.EqualTo(TimeSpan.FromSeconds(100)));
    }

    [TestCase(ToolSessionState.Draining, 2)]
    [TestCase(ToolSessionState.Ending, 3)]
    [TestCase(ToolSessionState.Forcing, 3)]
    public void A_state_on_the_way_to_the_end_lasts_no_longer_than_its_grace(object state, double grace)
    {
        SessionClocks clocks = In((ToolSessionState)state, since: 99);
        Assert.That(clocks.NextWake, Is.EqualTo(At(99 + grace)), "whatever the deadline");
        Assert.That(clocks.Check(At(99 + grace) - 1), Is.EqualTo(SessionAlarm.None));
        Assert.That(clocks.Check(At(99 + grace)), Is.EqualTo(SessionAlarm.TimeOver));
    }

    [TestCase(ToolSessionState.Unkillable)]
    [TestCase(ToolSessionState.Gone)]
    public void What_waits_for_the_kernel_alone_has_no_clock(object state)
    {
        SessionClocks clocks = In((ToolSessionState)state, since: 50);
        Assert.That(clocks.NextWake, Is.EqualTo(long.MaxValue));
        Assert.That(clocks.Check(At(1e6)), Is.EqualTo(SessionAlarm.None));
    }

    [TestCase(ToolSessionState.Filling)]
    [TestCase(ToolSessionState.Running)]
    public void Where_nothing_moves_the_stall_limit_is_met_to_the_moment(object state)
    {
        SessionClocks clocks = In((ToolSessionState)state, since: 1);
        Assert.That(Looks(clocks, at => (Idle(at), At(0), TimeSpan.Zero)), Is.EqualTo(9));
    }

    [Test]
    public void A_stall_is_counted_from_the_last_progress_of_any_stream()
    {
        // Between two looks, of which there are four in each limit.
        SessionClocks clocks = In(ToolSessionState.Running, since: 1);
        Assert.That(Looks(clocks, at => (Idle(at), at >= 5 ? At(4.5) : At(0), TimeSpan.Zero)), Is.EqualTo(12.5));
        Assert.That(clocks.ProgressAt, Is.EqualTo(At(4.5)));
    }

    [Test]
    public void A_stream_that_moves_a_little_in_each_limit_never_stalls()
    {
        SessionClocks clocks = In(ToolSessionState.Running, since: 0);
        Assert.That(Looks(clocks, at => (Idle(at), At(Math.Floor(at / 7) * 7), TimeSpan.Zero)), Is.EqualTo(100), "but for the deadline");
    }

    [TestCase(0.02, 100)]
    [TestCase(0.011, 100)]
    [TestCase(0.009, 9)]
    public void A_tool_makes_progress_where_it_uses_a_hundredth_of_a_CPU(double share, double ends)
    {
        SessionClocks clocks = In(ToolSessionState.Running, since: 1);
        Assert.That(Looks(clocks, at => (Idle(at), At(0), TimeSpan.FromSeconds(share * (at - 1)))), Is.EqualTo(ends));
    }

    [Test]
    public void What_a_tool_used_until_the_last_look_is_no_progress()
    {
        SessionClocks clocks = In(ToolSessionState.Running, since: 1);
        Assert.That(Looks(clocks, at => (Idle(at), At(0), TimeSpan.FromSeconds(Math.Min(at, 3)))), Is.EqualTo(11));
        Assert.That(clocks.ToolCpuTime, Is.EqualTo(TimeSpan.FromSeconds(3)));
    }

    [Test]
    public void A_helper_that_computes_without_progress_stalls_all_the_same()
    {
        SessionClocks clocks = In(ToolSessionState.Running, since: 1);
        Assert.That(Looks(clocks, at => (Sample(at, cpu: at, 'R'), At(0), TimeSpan.Zero)), Is.EqualTo(9));
    }

    [Test]
    public void Time_in_which_a_process_waited_for_a_processor_does_not_count()
    {
        // It has one for half of the time, and is seen waiting at each look.
        SessionClocks clocks = In(ToolSessionState.Running, since: 0);
        Assert.That(
            Looks(clocks, at => (Sample(at, cpu: at / 2, 'R', delay: at / 2, turns: (long)(at * 10)), At(0), TimeSpan.Zero)),
            Is.EqualTo(16).Within(0.01));
    }

    [Test]
    public void Nor_does_time_in_which_a_process_is_stopped_or_nobody_watched()
    {
        SessionClocks stopped = In(ToolSessionState.Running, since: 0);
        Assert.That(Looks(stopped, at => (Sample(at, cpu: 0, at <= 4 ? 'T' : 'S'), At(0), TimeSpan.Zero)), Is.EqualTo(12));

        // The whole machine stood still: the first look comes a minute late.
        SessionClocks late = In(ToolSessionState.Running, since: 0);
        late.Look(Idle(60), At(0), TimeSpan.Zero);
        Assert.That(late.IsStalled, Is.False);
        late.Look(Idle(62), At(0), TimeSpan.Zero);
        late.Look(Idle(64), At(0), TimeSpan.Zero);
        late.Look(Idle(66), At(0), TimeSpan.Zero);
        Assert.That(late.IsStalled, Is.False);
        late.Look(Idle(68), At(0), TimeSpan.Zero);
        Assert.That(late.IsStalled);
    }

    [Test]
    public void One_that_is_stopped_for_ever_is_given_up_after_twenty_limits()
    {
        SessionClocks clocks = In(ToolSessionState.Running, since: 1, Options with { Deadline = TimeSpan.FromHours(1) });
        Assert.That(Looks(clocks, at => (Sample(at, cpu: 0, 'T'), At(0), TimeSpan.Zero)), Is.EqualTo(161));
    }

    [Test]
    public void A_further_state_begins_the_stall_limit_anew()
    {
        SessionClocks clocks = In(ToolSessionState.Filling, since: 1);
        clocks.Look(Idle(7), At(0), TimeSpan.Zero);
        clocks.Enter(ToolSessionState.Running, Beginning(8.5));
        Assert.That(clocks.ProgressAt, Is.EqualTo(At(8.5)));
        Assert.That(Looks(clocks, at => (Idle(at), At(0), TimeSpan.Zero)), Is.EqualTo(16.5));
    }

    private static SessionClocks In(ToolSessionState state, double since, StreamOptions? options = null)
    {
        var clocks = new SessionClocks(options ?? Options, Start);
        clocks.Enter(state, Beginning(since));
        return clocks;
    }

    // Lives as the session's thread does, waking exactly when the clocks ask for it: the second in which the state ends.
    private static double Looks(SessionClocks clocks, Func<double, (TimeSample Sample, long StreamsProgressAt, TimeSpan ToolCpuTime)> now)
    {
        for (int wakes = 0; wakes < 10_000; wakes++)
        {
            long at = clocks.NextWake;
            double seconds = (double)(at - Start) / Second;
            switch (clocks.Check(at))
            {
                case SessionAlarm.Look:
                    (TimeSample sample, long progressAt, TimeSpan toolCpuTime) = now(seconds);
                    clocks.Look(sample, progressAt, toolCpuTime);
                    if (clocks.IsStalled)
                    {
                        return seconds;
                    }

                    break;
                case SessionAlarm.TimeOver:
                    return seconds;
                default:
                    throw new InvalidOperationException("woken for nothing");
            }
        }

        throw new InvalidOperationException("it never ends");
    }

    private static TimeSample Beginning(double seconds) => new(At(seconds), 0, 0, []);

    private static TimeSample Idle(double seconds) => Sample(seconds, cpu: 0, 'S');

    private static TimeSample Sample(double seconds, double cpu, char state, double delay = 0, long? turns = null) =>
        new(At(seconds), (long)(cpu * Second), 0, [new ThreadSample(1, state, (long)(delay * Second), turns)]);
}
