using ClipGuard.Supervision;
using ClipGuard.Supervision.Helpers.Pooling;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

internal sealed class DecodeCapacityTests
{
    private bool _hasRoom = true;

    [Test]
    public void There_are_as_many_places_as_workers()
    {
        DecodeCapacity capacity = New(workers: 2, most: 8);
        Assert.That((capacity.TryTake(), capacity.TryTake(), capacity.TryTake()), Is.EqualTo((true, true, false)));
    }

    [Test]
    public void A_decode_that_waits_leaves_its_place_and_one_that_goes_on_has_it_again()
    {
        DecodeCapacity capacity = New(workers: 1, most: 3);
        Assert.That((capacity.TryTake(), capacity.TryTake()), Is.EqualTo((true, false)));

        capacity.Wait(begins: true, null!);
        Assert.That((capacity.TryTake(), capacity.TryTake()), Is.EqualTo((true, false)));

        capacity.Wait(begins: false, null!);
        capacity.Return(null!);
        Assert.That(capacity.TryTake(), Is.False, "the one that waited computes again");
    }

    [Test]
    public void The_limit_holds_for_those_that_wait_too()
    {
        DecodeCapacity capacity = New(workers: 1, most: 2);
        capacity.TryTake();
        capacity.Wait(begins: true, null!);
        capacity.TryTake();
        capacity.Wait(begins: true, null!);
        Assert.That(capacity.TryTake(), Is.False);
    }

    [Test]
    public void Memory_is_asked_for_beside_the_workers_alone()
    {
        DecodeCapacity capacity = New(workers: 2, most: 8);
        _hasRoom = false;
        Assert.That((capacity.TryTake(), capacity.TryTake()), Is.EqualTo((true, true)));

        capacity.Wait(begins: true, null!);
        Assert.That(capacity.TryTake(), Is.False);
        _hasRoom = true;
        Assert.That(capacity.TryTake(), Is.True);
    }

    [Test]
    public void Workers_that_were_asked_for_are_all_there_are_unless_a_limit_is_set()
    {
        int processors = new SupervisorOptions().Workers;
        Assert.Multiple(() =>
        {
            Assert.That(new SupervisorOptions().MaxWorkers, Is.EqualTo(Math.Min(4 * processors, processors + 24)));
            Assert.That(new SupervisorOptions { Workers = 5 }.MaxWorkers, Is.EqualTo(5));
            Assert.That(new SupervisorOptions { Workers = 5, MaxWorkers = 7 }.MaxWorkers, Is.EqualTo(7));
            Assert.That(() => new SupervisorOptions { Workers = 5, MaxWorkers = 4 }.Validate(), Throws.InstanceOf<ArgumentOutOfRangeException>());
        });
    }

    private DecodeCapacity New(int workers, int most) => new(workers, most, _ => _hasRoom);
}
