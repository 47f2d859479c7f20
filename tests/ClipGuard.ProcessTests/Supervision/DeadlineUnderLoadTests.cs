using ClipGuard.Media;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Supervision;

/// <summary>The clocks hold while everything else is held up.</summary>
[TestFixture]
[NonParallelizable]
internal sealed class DeadlineUnderLoadTests
{
    [Test]
    [CancelAfter(60_000)]
    public async Task A_starved_thread_pool_does_not_hold_up_a_kill(CancellationToken cancellation)
    {
        HashSet<int> before = Leftovers.Children();
        await using Supervisor supervisor = await Supervisor.StartAsync(
            MisbehavingHelperProgram.ShortClocks(IsolationMode.Pooled) with { Workers = 1, Spares = 0 }, cancellation: cancellation);
        int helper = Leftovers.Children().Except(before).Single();
        using var starvation = new StarvedThreadPool();

        Task<DecodeOutcome> decode = supervisor.DecideAsync("hang", cancellation);
        bool diedWhileStarved = SpinWait.SpinUntil(() => !Directory.Exists($"/proc/{helper}"), TimeSpan.FromSeconds(20));
        starvation.Dispose();

        Assert.That(diedWhileStarved);
        Assert.That((await decode).Fault?.Kind, Is.EqualTo(FaultKind.Stalled));
    }

    [TestCase(IsolationMode.Pooled)]
    [TestCase(IsolationMode.FreshPerDecode)]
    [CancelAfter(240_000)]
    public async Task Busy_cores_change_no_verdict(IsolationMode isolation, CancellationToken cancellation)
    {
        using var load = new BusyCores(2 * Environment.ProcessorCount);
        await using Supervisor supervisor = await Supervisor.StartAsync(MisbehavingHelperProgram.ShortClocks(isolation), cancellation: cancellation);
        string[] scripts = ["hang", "endless", "ok:7", "ok:9"];
        FaultKind?[] kinds = await Task.WhenAll(scripts.Select(script => KindAsync(supervisor, script, cancellation)));

        Assert.That(kinds, Is.EqualTo(new FaultKind?[] { FaultKind.Stalled, FaultKind.TimedOut, null, null }));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task The_deadline_covers_the_exit_of_a_fresh_helper(CancellationToken cancellation)
    {
        SupervisorOptions options = MisbehavingHelperProgram.Options(IsolationMode.FreshPerDecode) with { Deadline = TimeSpan.FromSeconds(2) };
        await using Supervisor supervisor = await Supervisor.StartAsync(options, cancellation: cancellation);
        using DecodeOutcome outcome = await supervisor.DecideAsync("lingers", cancellation);

        Assert.That(outcome.Fault?.Kind, Is.EqualTo(FaultKind.TimedOut));
        Assert.That(outcome.Fault!.Stage, Is.EqualTo(DecodeStage.Exit));
    }

    // A clip that is kept keeps its helper, which another decode may have to wait for.
    private static async Task<FaultKind?> KindAsync(Supervisor supervisor, string script, CancellationToken cancellation)
    {
        using DecodeOutcome outcome = await supervisor.DecideAsync(script, cancellation);
        Assert.That(outcome.IsClip || outcome.Fault is not null, script);
        return outcome.Fault?.Kind;
    }
}
