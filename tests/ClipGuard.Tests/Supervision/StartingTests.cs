using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

/// <summary>Helpers that do not start: one clear error, soon, and no clip is blamed.</summary>
[TestFixture]
internal sealed class StartingTests
{
    [TestCase("dies", "exit code 7", "this helper dies before it is ready")]
    [TestCase("wrong-version", "version 2", "version 1")]
    [TestCase("nonsense", "no message", "")]
    [TestCase("hangs-up", "closed its end", "")]
    [CancelAfter(60_000)]
    public async Task A_helper_that_cannot_start_is_one_clear_error(string start, string says, string saysToo, CancellationToken cancellation)
    {
        HelperUnavailableException error = Assert.ThrowsAsync<HelperUnavailableException>(
            () => Supervisor.StartAsync(TestHelper.Options(Isolation.Pooled, start), cancellation: cancellation))!;

        Assert.That(error.Message, Does.Contain(says).And.Contain(saysToo));
        Assert.That(error.DecoderMissing, Is.False);
        await Task.CompletedTask;
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_missing_decoder_is_said_with_what_to_do(CancellationToken cancellation)
    {
        HelperUnavailableException error = Assert.ThrowsAsync<HelperUnavailableException>(
            () => Supervisor.StartAsync(TestHelper.Options(Isolation.Pooled, "unready"), cancellation: cancellation))!;

        Assert.That(error.DecoderMissing);
        Assert.That(error.Message, Does.Contain("apt-get install"));
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_helper_that_is_never_ready_is_given_up_at_the_limit(CancellationToken cancellation)
    {
        SupervisorOptions options = TestHelper.Options(Isolation.Pooled, "never-ready") with { StartLimit = TimeSpan.FromSeconds(2) };
        HelperUnavailableException error = Assert.ThrowsAsync<HelperUnavailableException>(
            () => Supervisor.StartAsync(options, cancellation: cancellation))!;

        Assert.That(error.Message, Does.Contain("not ready within 2 s"));
    }

    [TestCase("/nowhere/helper", "No such file")]
    [TestCase("/etc/passwd", "Permission denied")]
    [CancelAfter(60_000)]
    public void A_program_that_cannot_be_run_is_named(string path, string says, CancellationToken cancellation)
    {
        SupervisorOptions options = TestHelper.Options(Isolation.Pooled) with { HelperPath = path };
        HelperUnavailableException error = Assert.ThrowsAsync<HelperUnavailableException>(
            () => Supervisor.StartAsync(options, cancellation: cancellation))!;

        Assert.That(error.Message, Does.Contain(path).And.Contain(says));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_slow_start_is_waited_for(CancellationToken cancellation)
    {
        await using Supervisor supervisor = await Supervisor.StartAsync(
            TestHelper.Options(Isolation.Pooled, "slow:1500"), cancellation: cancellation);

        Assert.That(supervisor.HelperVersion, Is.EqualTo("MisbehavingHelper 1"));
    }
}
