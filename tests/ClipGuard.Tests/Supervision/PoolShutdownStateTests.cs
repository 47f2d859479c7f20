using ClipGuard.Media;
using ClipGuard.Media.Wire;
using ClipGuard.Supervision;
using ClipGuard.Supervision.Helpers;
using ClipGuard.Supervision.Helpers.Pooling;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

/// <summary>What callers that wait, and whoever waits for the first greeting, are told when a pool ends.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PoolShutdownStateTests
{
    private static readonly ReadyMessage Greeting = new(WireProtocol.Version, "worker 1", "decord 0.6", SandboxLevel.Standard);

    private readonly DecodeQueue _queue = new();
    private readonly HelperGreetings _greetings = new();
    private readonly Attempt _attempt = new(
        1, new DecodeRequest(new FileSource("/data/clip.wav"), new AudioSpec()), 1 << 20, DecodeTimeLimits.ForCaller(new SupervisorOptions()));

    [Test]
    public void A_pool_that_is_given_up_tells_all_of_them_the_first_reason()
    {
        PoolShutdownState end = End();
        var reason = new HelperUnavailableException("No helper starts.");
        end.GiveUp(reason);
        end.GiveUp(new HelperUnavailableException("Nor now."));

        Assert.That((end.HasCome, end.IsDisposed, end.Reason), Is.EqualTo((true, false, reason)));
        Assert.That(_queue.IsEmpty);
        Assert.That(_attempt.Task.Exception?.InnerException, Is.SameAs(reason));
        Assert.That(_greetings.First.Exception?.InnerException, Is.SameAs(reason));
    }

    [Test]
    public void One_that_is_disposed_of_cancels_those_that_wait_for_helpers()
    {
        PoolShutdownState end = End();
        Assert.That(end.HasCome, Is.False);
        end.Dispose();

        Assert.That((end.HasCome, end.IsDisposed, end.Reason), Is.EqualTo((true, true, (object?)null)));
        Assert.That(_queue.IsEmpty);
        Assert.That(_attempt.Task.IsCanceled);
    }

    [Test]
    public void The_first_greeting_stands_and_a_helper_that_is_confined_less_is_told_of()
    {
        Assert.That(_greetings.LowestSandbox, Is.EqualTo(SandboxLevel.Strict));
        Assert.That(_greetings.Record(Greeting), Is.False, "there were none before it");
        Assert.That(_greetings.Record(Greeting), Is.False);
        Assert.That(_greetings.Record(Greeting with { Sandbox = SandboxLevel.Off }), Is.True);
        Assert.That(_greetings.Record(Greeting), Is.False);

        _greetings.Fail(new HelperUnavailableException("No helper starts."));
        Assert.That((_greetings.First.Result, _greetings.LowestSandbox), Is.EqualTo((Greeting, SandboxLevel.Off)));
    }

    private PoolShutdownState End()
    {
        _queue.Add(new WaitingCaller(_attempt, fresh: false));
        return new PoolShutdownState(_queue, _greetings);
    }
}
