using ClipGuard.DryRuns;

using NUnit.Framework;

using static ClipGuard.Tests.Support.DryRunBench;

namespace ClipGuard.Tests.DryRuns;

/// <summary>A dry run announces the clips that are decoded next, and gives each back whatever becomes of it.</summary>
[CancelAfter(60_000)]
internal sealed class DryRunReadAheadTests
{
    private const int Rows = 40;

    [Test]
    public async Task Clips_are_announced_while_those_before_them_are_held_up_and_all_are_given_back([Values] bool isStopped)
    {
        using var bench = new DryRunBench([.. Enumerable.Range(0, Rows).Select(static row => Row($"a{row}.png"))]);
        bench.Decoder.ReadsAhead = 6;
        bench.Decoder.Hold("a0.png");
        bench.Decoder.Hold("a1.png");
        using var stop = new CancellationTokenSource();
        Task<DryRunSummary> running = bench.RunAsync(stop.Token);

        Assert.That(() => bench.Decoder.Announced, Is.GreaterThanOrEqualTo(8).After(10_000, 5));
        Assert.That(bench.Decoder.Announced, Is.LessThan(Rows), "no more than are looked at ahead");
        if (isStopped)
        {
            await stop.CancelAsync();
        }
        else
        {
            bench.Decoder.Release("a0.png");
            bench.Decoder.Release("a1.png");
        }

        DryRunSummary summary = await running;

        Assert.That((summary.Cancelled, bench.Decoder.Ahead), Is.EqualTo((isStopped, 0)));
        Assert.That(bench.Decoder.Announced, isStopped ? Is.LessThan(Rows) : Is.EqualTo(Rows));
    }
}
