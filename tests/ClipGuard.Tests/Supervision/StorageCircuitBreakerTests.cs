using ClipGuard.Supervision.Helpers.Pooling;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

internal sealed class StorageCircuitBreakerTests
{
    private readonly StorageCircuitBreaker _storage = new(limit: 100);

    [Test]
    public void Storage_that_answers_holds_up_nobody() => Assert.That(_storage.MayDispatch(31));

    [Test]
    public void Once_a_decode_has_waited_in_vain_there_is_one_at_a_time_until_there_is_an_answer()
    {
        var storage = new StorageCircuitBreaker(limit: 100);
        Assert.That(storage.Waited(1000), Is.False);
        Assert.That((storage.MayDispatch(0), storage.MayDispatch(1)), Is.EqualTo((true, false)));

        storage.Answered();
        Assert.That(storage.MayDispatch(31));
    }

    [Test]
    public void The_limit_counts_from_the_first_that_waited_since_the_last_answer()
    {
        var storage = new StorageCircuitBreaker(limit: 100);
        Assert.That((storage.Waited(1000), storage.Waited(1099), storage.Waited(1100)), Is.EqualTo((false, false, true)));

        storage.Answered();
        Assert.That(storage.Waited(1101), Is.False);
    }
}
