using ClipGuard.Supervision;
using ClipGuard.Supervision.Accounting;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

/// <summary>Whose a decode's time is, from one sample to the next.</summary>
public class TimeAccountTests
{
    private const long Millisecond = 1_000_000;
    private const long Tick = 250 * Millisecond;

    [Test]
    public void What_the_CPU_clock_counted_was_computed_and_at_most_the_wall_clock()
    {
        Assert.That(Spent(Sample(250, cpu: 250, Thread('R'))).Computed, Is.EqualTo(Milliseconds(250)));
        Assert.That(Spent(Sample(250, cpu: 900, Thread('R'))), Is.EqualTo(new TimeByCause { Computed = Milliseconds(250) }), "four threads");
    }

    [Test]
    public void A_wait_for_a_processor_that_has_ended_is_the_longest_of_one_thread_and_not_the_sum()
    {
        TimeByCause spent = Spent(Sample(250, cpu: 50, Thread('S', delay: 100, id: 1), Thread('S', delay: 90, id: 2)));
        Assert.That(spent, Is.EqualTo(new TimeByCause { Computed = Milliseconds(50), WaitedForProcessor = Milliseconds(100), Blocked = Milliseconds(100) }));
    }

    [Test]
    public void A_thread_that_could_run_now_has_waited_all_the_rest()
    {
        Assert.That(
            Spent(Sample(250, cpu: 10, Thread('S', id: 1), Thread('R', id: 2))),
            Is.EqualTo(new TimeByCause { Computed = Milliseconds(10), WaitedForProcessor = Milliseconds(240) }));
    }

    [Test]
    public void A_wait_that_went_on_at_a_sample_is_corrected_once_the_kernel_has_counted_it()
    {
        TimeAccount account = Account();
        account.Add(Sample(250, cpu: 0, Thread('R', delay: 0, turns: 5)), progressAt: 0);
        Assert.That(account.Spent.WaitedForProcessor, Is.EqualTo(Milliseconds(250)));
        Assert.That(account.UsableSinceProgress, Is.EqualTo(TimeSpan.Zero));

        account.Add(Sample(500, cpu: 0, Thread('S', delay: 20, turns: 6)), progressAt: 0);
        Assert.That(
            account.Spent, Is.EqualTo(new TimeByCause { WaitedForProcessor = Milliseconds(40), Blocked = Milliseconds(460) }), "20 in each span at most");
        Assert.That(account.UsableSinceProgress, Is.EqualTo(Milliseconds(460)));
    }

    [Test]
    public void A_thread_that_still_waits_or_has_ended_or_is_not_counted_is_believed()
    {
        foreach (ThreadSample[] then in (ThreadSample[][])[[Thread('R', turns: 5)], [], [Thread('S', turns: 6, id: 2)]])
        {
            TimeAccount account = Account();
            account.Add(Sample(250, cpu: 0, Thread('R', turns: 5)), progressAt: 0);
            account.Add(Sample(500, cpu: 0, then), progressAt: 0);
            Assert.That(account.Spent.WaitedForProcessor, Is.GreaterThanOrEqualTo(Milliseconds(250)));
        }

        TimeAccount uncounted = Account();
        uncounted.Add(Sample(250, cpu: 0, Thread('R')), progressAt: 0);
        uncounted.Add(Sample(500, cpu: 0, Thread('S')), progressAt: 0);
        Assert.That(uncounted.Spent, Is.EqualTo(new TimeByCause { WaitedForProcessor = Milliseconds(250), Blocked = Milliseconds(250) }));
    }

    [Test]
    public void A_wait_through_several_samples_is_counted_as_a_whole()
    {
        TimeAccount account = Account();
        account.Add(Sample(250, cpu: 0, Thread('R', delay: 7, turns: 5)), progressAt: 0);
        account.Add(Sample(500, cpu: 0, Thread('R', delay: 7, turns: 5)), progressAt: 0);
        account.Add(Sample(750, cpu: 10, Thread('S', delay: 607, turns: 6)), progressAt: 0);
        Assert.That(account.Spent, Is.EqualTo(new TimeByCause { Computed = Milliseconds(10), WaitedForProcessor = Milliseconds(740) }));
    }

    [Test]
    public void What_is_corrected_counts_only_as_far_as_it_came_after_the_last_progress()
    {
        TimeAccount account = Account();
        account.Add(Sample(250, cpu: 0, Thread('R', turns: 5)), progressAt: 200 * Millisecond);
        account.Add(Sample(500, cpu: 0, Thread('S', turns: 6)), progressAt: 200 * Millisecond);
        Assert.That(account.UsableSinceProgress, Is.EqualTo(Milliseconds(300)));
    }

    [Test]
    public void Only_what_a_thread_waited_since_the_last_sample_counts()
    {
        TimeAccount account = Account();
        account.Add(Sample(250, cpu: 0, Thread('S', delay: 200)), progressAt: 0);
        account.Add(Sample(500, cpu: 0, Thread('S', delay: 230)), progressAt: 0);
        Assert.That(account.Spent.WaitedForProcessor, Is.EqualTo(Milliseconds(230)));
        Assert.That(account.Spent.Blocked, Is.EqualTo(Milliseconds(270)));
    }

    [Test]
    public void Waits_for_bytes_are_what_the_helper_says_and_CPU_time_wins_over_them()
    {
        Assert.That(
            Spent(Sample(250, cpu: 0, bytes: 250, Thread('S'))), Is.EqualTo(new TimeByCause { WaitedForBytes = Milliseconds(250) }));
        Assert.That(
            Spent(Sample(250, cpu: 240, bytes: 250, Thread('R'))),
            Is.EqualTo(new TimeByCause { Computed = Milliseconds(240), WaitedForProcessor = Milliseconds(10) }),
            "a helper that says it waits while it spins");
    }

    [Test]
    public void A_thread_in_the_kernels_uninterruptible_sleep_waits_for_bytes()
    {
        Assert.That(Spent(Sample(250, cpu: 50, Thread('D'))).WaitedForBytes, Is.EqualTo(Milliseconds(200)));
    }

    [Test]
    public void A_stopped_process_owes_nothing()
    {
        Assert.That(
            Spent(Sample(250, cpu: 50, bytes: 100, Thread('T', delay: 60))),
            Is.EqualTo(new TimeByCause { Computed = Milliseconds(50), Stopped = Milliseconds(200) }));
    }

    [Test]
    public void A_gap_in_which_nobody_watched_is_never_held_to_be_blocked()
    {
        Assert.That(
            Spent(Sample(7000, cpu: 50, Thread('S'))), Is.EqualTo(new TimeByCause { Computed = Milliseconds(50), Stopped = Milliseconds(6950) }));
        Assert.That(Spent(Sample(500, cpu: 0, Thread('S'))).Blocked, Is.EqualTo(Milliseconds(500)), "two ticks are no gap");
    }

    [Test]
    public void A_watcher_that_had_no_processor_itself_leaves_no_gap()
    {
        TimeByCause spent = Spent(Sample(1000, cpu: 0, Thread('S', delay: 100)) with { WatcherDelayNanoseconds = 600 * Millisecond });
        Assert.That(spent, Is.EqualTo(new TimeByCause { WaitedForProcessor = Milliseconds(100), Blocked = Milliseconds(900) }));
    }

    [Test]
    public void What_nobody_claims_was_blocked_in_the_decoder()
    {
        Assert.That(Spent(Sample(250, cpu: 3, Thread('S'))), Is.EqualTo(new TimeByCause { Computed = Milliseconds(3), Blocked = Milliseconds(247) }));
    }

    [Test]
    public void Usable_time_since_progress_starts_anew_with_each_progress()
    {
        TimeAccount account = Account();
        account.Add(Sample(250, cpu: 250, Thread('R')), progressAt: 0);
        account.Add(Sample(500, cpu: 500, Thread('R')), progressAt: 0);
        Assert.That(account.UsableSinceProgress, Is.EqualTo(Milliseconds(500)));
        Assert.That(account.EarliestStall(Milliseconds(600)), Is.EqualTo(600 * Millisecond));

        account.Add(Sample(750, cpu: 750, Thread('R')), progressAt: 700 * Millisecond);
        Assert.That(account.UsableSinceProgress, Is.EqualTo(Milliseconds(50)));

        account.Add(Sample(1000, cpu: 760, Thread('R')), progressAt: 700 * Millisecond);
        Assert.That(account.UsableSinceProgress, Is.EqualTo(Milliseconds(60)), "waiting for a processor is no time to make progress in");
    }

    [Test]
    public void All_causes_together_are_the_wall_clock()
    {
        var random = new Random(20261130);
        TimeAccount account = Account();
        long at = 0, cpu = 0, bytes = 0;
        for (int i = 0; i < 2000; i++)
        {
            at += random.Next(1, 700);
            cpu += random.Next(0, 400);
            bytes += random.Next(0, 300);
            account.Add(Sample(at, cpu, bytes, Thread("RSDTtZ"[random.Next(6)], random.Next(0, 100_000), random.Next(1, 3), random.Next(0, 3))), progressAt: 0);
        }

        Assert.That(account.Spent.Total, Is.EqualTo(Milliseconds(at)));
    }

    private static TimeAccount Account() => new(new TimeSample(0, 0, 0, []), Tick);

    private static TimeByCause Spent(TimeSample now)
    {
        TimeAccount account = Account();
        account.Add(now, progressAt: 0);
        return account.Spent;
    }

    private static TimeSample Sample(long at, long cpu, params ThreadSample[] threads) => Sample(at, cpu, bytes: 0, threads);

    private static TimeSample Sample(long at, long cpu, long bytes, params ThreadSample[] threads) =>
        new(at * Millisecond, cpu * Millisecond, bytes * Millisecond, threads);

    private static ThreadSample Thread(char state, long delay = 0, int id = 1, long? turns = null) => new(id, state, delay * Millisecond, turns);

    private static TimeSpan Milliseconds(long count) => TimeSpan.FromMilliseconds(count);
}
