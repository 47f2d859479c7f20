using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Supervision;

/// <summary>What a caller hears of a supervisor that is disposed: of a decode that was under way, that it was cancelled.</summary>
[TestFixture]
internal sealed class DisposalTests
{
    [TestCase("abort", "tried once more")]
    [TestCase("killed", "tried again elsewhere")]
    [CancelAfter(60_000)]
    public async Task A_decode_between_two_tries_ends_as_cancelled(string script, string line, CancellationToken cancellation)
    {
        using var log = new RecordingLog();
        Supervisor supervisor = await Supervisor.StartAsync(MisbehavingHelperProgram.Options(IsolationMode.Pooled), log, cancellation);
        Task? disposal = null;
        log.OnLine = text => disposal ??= text.Contains(line, StringComparison.Ordinal) ? supervisor.DisposeAsync().AsTask() : null;

        Assert.That(
            async () => await supervisor.DecodeAsync(MisbehavingHelperProgram.Script(script), cancellation), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(disposal, Is.Not.Null);
        await disposal!;
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_decode_that_begins_afterwards_is_a_mistake(CancellationToken cancellation)
    {
        Supervisor supervisor = await Supervisor.StartAsync(MisbehavingHelperProgram.Options(IsolationMode.Pooled), cancellation: cancellation);
        await supervisor.DisposeAsync();

        Assert.That(
            async () => await supervisor.DecodeAsync(MisbehavingHelperProgram.Script("ok:1"), cancellation), Throws.InstanceOf<ObjectDisposedException>());
    }
}
