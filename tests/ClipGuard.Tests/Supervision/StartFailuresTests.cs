using ClipGuard.Supervision.Helpers.Pooling;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class StartFailuresTests
{
    private readonly StartFailures _failures = new();

    [Test]
    public void The_third_in_a_row_is_a_reason_and_the_tenth_is_final()
    {
        Add(2);
        Assert.That((_failures.Any, _failures.Reason), Is.EqualTo((true, (object?)null)));
        Add(1);
        Assert.That(_failures.Reason?.Message, Is.EqualTo("Helpers cannot be started (3 tries in a row failed). It exited."));
        Assert.That(_failures.AreFinal, Is.False);
        Add(6);
        Assert.That(_failures.AreFinal, Is.False);
        Add(1);
        Assert.That(_failures.AreFinal);
    }

    [Test]
    public void A_helper_that_is_ready_makes_all_of_them_good()
    {
        Add(9);
        _failures.Forget();
        Assert.That((_failures.Any, _failures.Reason), Is.EqualTo((false, (object?)null)));
        Add(2);
        Assert.That(_failures.Reason, Is.Null);
    }

    [Test]
    public void A_decoder_that_is_missing_is_a_reason_at_once()
    {
        _failures.Add("There is no FFmpeg.", decoderMissing: true);
        Assert.That(_failures.Reason?.Message, Is.EqualTo("There is no FFmpeg."));
    }

    private void Add(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _failures.Add("It exited.", decoderMissing: false);
        }
    }
}
