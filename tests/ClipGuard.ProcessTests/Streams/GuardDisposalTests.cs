using ClipGuard.Streams;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Streams;

/// <summary>The end of a guard: whoever waits for it, everything is gone then.</summary>
[TestFixture]
internal sealed class GuardDisposalTests
{
    [Test]
    [CancelAfter(120_000)]
    public async Task Whoever_disposes_a_second_time_waits_for_the_first(CancellationToken cancellation)
    {
        HashSet<int> before = Leftovers.Children();
        var guard = new StreamGuard(StreamTestRig.Scripted());
        Task<ToolOutcome> run = guard.RunAsync(
            StreamTestRig.Run("in-step", false, StreamTestRig.Script("slow-opens:600000"), StreamTestRig.Script("ok:2")), cancellation);
        Assert.That(() => Leftovers.Children().Except(before).Count(), Is.EqualTo(3).After(60_000, 10));
        var first = guard.DisposeAsync().AsTask();
        await guard.DisposeAsync();

        Assert.That(first.IsCompletedSuccessfully);
        Assert.That(Leftovers.Children().Except(before), Is.Empty);
        Assert.ThrowsAsync(Is.InstanceOf<OperationCanceledException>(), () => run);
    }
}
