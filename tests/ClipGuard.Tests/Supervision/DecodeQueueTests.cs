using ClipGuard.Supervision.Helpers.Pooling;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class DecodeQueueTests
{
    private readonly WaitingCaller _first = New();
    private readonly WaitingCaller _second = New();
    private readonly WaitingCaller _fresh = New(fresh: true);
    private readonly WaitingCaller _secondFresh = New(fresh: true);

    [Test]
    public void Second_attempts_stand_before_all_others_and_each_kind_in_the_order_in_which_it_came()
    {
        DecodeQueue queue = Queue(_first, _fresh, _second, _secondFresh);
        Assert.That(Order(queue), Is.EqualTo(new[] { _fresh, _secondFresh, _first, _second }));
        Assert.That(queue.FreshCount, Is.EqualTo(2));
    }

    [Test]
    public void Whoever_is_taken_out_is_in_no_more_and_may_be_taken_out_once_more()
    {
        DecodeQueue queue = Queue(_first, _fresh, _second);
        queue.Remove(_fresh);
        queue.Remove(_fresh);
        queue.Remove(_secondFresh);
        Assert.That(Order(queue), Is.EqualTo(new[] { _first, _second }));
        Assert.That(queue.FreshCount, Is.Zero);
    }

    [Test]
    public void All_are_taken_out_in_their_order()
    {
        DecodeQueue queue = Queue(_first, _fresh);
        List<WaitingCaller> removed = [];
        queue.RemoveAll(removed.Add);
        Assert.That(removed, Is.EqualTo(new[] { _fresh, _first }));
        Assert.That(queue.IsEmpty);
    }

    private static WaitingCaller New(bool fresh = false) => new(attempt: null!, fresh);

    private static DecodeQueue Queue(params WaitingCaller[] waiters)
    {
        var queue = new DecodeQueue();
        Array.ForEach(waiters, queue.Add);
        return queue;
    }

    private static List<WaitingCaller> Order(DecodeQueue queue)
    {
        List<WaitingCaller> order = [];
        foreach (WaitingCaller waiter in queue)
        {
            order.Add(waiter);
        }

        return order;
    }
}
