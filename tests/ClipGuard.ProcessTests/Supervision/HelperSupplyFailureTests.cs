using ClipGuard.Media;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Supervision;

/// <summary>What fails while other helpers work: starts that begin to fail, and processes that do not end when they are killed.</summary>
[TestFixture]
internal sealed class HelperSupplyFailureTests
{
    // It takes the kernel some 100 ms to reap this, far longer than it is waited for.
    private const string DiesSlowly = "holds-in-small-pages:1200";
    private static readonly TimeSpan NextToNone = TimeSpan.FromTicks(1);

    [Test]
    [CancelAfter(60_000)]
    public async Task A_helper_that_does_not_end_in_time_is_counted_as_unkillable_and_its_verdict_given(CancellationToken cancellation)
    {
        var left = new Leftovers();

        SupervisorOptions options = MisbehavingHelperProgram.ShortClocks(IsolationMode.Pooled) with { HelperMemoryBytes = 2L << 30, KillTimeout = NextToNone };
        await using (Supervisor supervisor = await Supervisor.StartAsync(options, cancellation: cancellation))
        {
            using DecodeOutcome outcome = await supervisor.DecodeAsync(MisbehavingHelperProgram.Script(DiesSlowly), cancellation);
            Assert.That(outcome.Fault?.Kind, Is.EqualTo(FaultKind.Stalled));
            using DecodeOutcome next = await supervisor.DecodeAsync(MisbehavingHelperProgram.Script("ok:1"), cancellation);
            Assert.That(next.IsClip);
        }

        while (left.Find().Length > 0)
        {
            await Task.Delay(20, cancellation);
        }
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task More_unkillable_helpers_than_are_put_up_with_end_the_run(CancellationToken cancellation)
    {
        SupervisorOptions options = MisbehavingHelperProgram.ShortClocks(IsolationMode.Pooled) with
        {
            HelperMemoryBytes = 2L << 30,
            KillTimeout = NextToNone,
            MaxUnkillable = 0,
        };
        var left = new Leftovers();
        await using (Supervisor supervisor = await Supervisor.StartAsync(options, cancellation: cancellation))
        {
            HelperUnavailableException failure = Assert.ThrowsAsync<HelperUnavailableException>(
                async () => (await supervisor.DecodeAsync(MisbehavingHelperProgram.Script(DiesSlowly), cancellation)).Dispose())!;
            Assert.That(failure.Message, Does.Contain("stuck in the kernel"));
        }

        // Also those are reaped in the end.
        while (left.Find().Length > 0)
        {
            await Task.Delay(20, cancellation);
        }
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Starts_that_fail_while_others_decode_are_tried_again(CancellationToken cancellation)
    {
        string closed = Path.Combine(Path.GetTempPath(), $"clipguard-closed-{Guid.NewGuid():N}");
        SupervisorOptions options = MisbehavingHelperProgram.Options(IsolationMode.Pooled, $"unless-dies:{closed}") with { Workers = 2, Spares = 0 };
        await using Supervisor supervisor = await Supervisor.StartAsync(options, cancellation: cancellation);
        await UseBothAsync(supervisor, cancellation);
        await File.WriteAllTextAsync(closed, string.Empty, cancellation);
        Task<DecodeOutcome> failed = supervisor.DecodeAsync(MisbehavingHelperProgram.Script("abort"), cancellation).AsTask();
        await Task.Delay(TimeSpan.FromSeconds(2), cancellation);

        // The other helper goes on meanwhile, and the second try has its helper as soon as starts succeed again.
        using (DecodeOutcome other = await supervisor.DecodeAsync(MisbehavingHelperProgram.Script("ok:1"), cancellation))
        {
            Assert.That(other.IsClip);
        }

        Assert.That(failed.IsCompleted, Is.False);
        File.Delete(closed);
        Assert.That((await failed).Fault?.Kind, Is.EqualTo(FaultKind.Crashed));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Helpers_that_could_not_be_started_are_made_up_for(CancellationToken cancellation)
    {
        string closed = Path.Combine(Path.GetTempPath(), $"clipguard-closed-{Guid.NewGuid():N}");
        SupervisorOptions options = MisbehavingHelperProgram.Options(IsolationMode.Pooled, $"unless-dies:{closed}") with { Workers = 4, Spares = 0 };
        await using Supervisor supervisor = await Supervisor.StartAsync(options, cancellation: cancellation);
        await UntilReadyAsync(supervisor, 4, cancellation);
        await File.WriteAllTextAsync(closed, string.Empty, cancellation);

        // Decodes that are given up take their helpers along, and nothing comes after them that would be a reason to start others.
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task[] decodes = [.. Enumerable.Range(0, 3).Select(_ => supervisor.DecodeAsync(MisbehavingHelperProgram.Script("hang"), caller.Token).AsTask())];
        await caller.CancelAsync();
        Assert.That(async () => await Task.WhenAll(decodes), Throws.InstanceOf<OperationCanceledException>());
        await Task.Delay(TimeSpan.FromSeconds(2), cancellation);
        Assert.That(supervisor.ReadyHelpers, Is.EqualTo(1));

        File.Delete(closed);
        await UntilReadyAsync(supervisor, 4, cancellation);
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Whoever_disposes_second_waits_as_the_first_does(CancellationToken cancellation)
    {
        var left = new Leftovers();
        Supervisor supervisor = await Supervisor.StartAsync(
            MisbehavingHelperProgram.Options(IsolationMode.Pooled) with { HelperMemoryBytes = 2L << 30 }, cancellation: cancellation);
        Task decode = supervisor.DecodeAsync(MisbehavingHelperProgram.Script("holds:700"), CancellationToken.None).AsTask();
        await Task.Delay(TimeSpan.FromSeconds(1), cancellation);
        ValueTask first = supervisor.DisposeAsync();
        await supervisor.DisposeAsync();

        Assert.That(left.Find().Where(what => what.StartsWith("child", StringComparison.Ordinal)), Is.Empty);
        await first;
        Assert.That(async () => await decode, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Starts_that_fail_for_good_end_the_run_also_where_others_decode(CancellationToken cancellation)
    {
        string closed = Path.Combine(Path.GetTempPath(), $"clipguard-closed-{Guid.NewGuid():N}");
        SupervisorOptions options = MisbehavingHelperProgram.Options(IsolationMode.Pooled, $"unless-dies:{closed}") with
        {
            Workers = 2,
            Spares = 0,
            RetryStartsAfter = TimeSpan.FromMilliseconds(100),
        };
        await using Supervisor supervisor = await Supervisor.StartAsync(options, cancellation: cancellation);
        await UseBothAsync(supervisor, cancellation);
        await File.WriteAllTextAsync(closed, string.Empty, cancellation);
        HelperUnavailableException failure = Assert.ThrowsAsync<HelperUnavailableException>(
            async () => (await supervisor.DecodeAsync(MisbehavingHelperProgram.Script("abort"), cancellation)).Dispose())!;
        File.Delete(closed);

        Assert.That(failure.Message, Does.Contain("tries in a row failed").And.Contain("exit code 7"));
    }

    // A helper that has decoded nothing would do for the second try, and none would have to be started.
    private static async Task UseBothAsync(Supervisor supervisor, CancellationToken cancellation)
    {
        await UntilReadyAsync(supervisor, 2, cancellation);
        DecodeOutcome[] outcomes = await Task.WhenAll(
            Enumerable.Range(0, 2).Select(_ => supervisor.DecodeAsync(MisbehavingHelperProgram.Script("sleep:300"), cancellation).AsTask()));
        Array.ForEach(outcomes, static outcome => outcome.Dispose());
    }

    private static async Task UntilReadyAsync(Supervisor supervisor, int helpers, CancellationToken cancellation)
    {
        while (supervisor.ReadyHelpers < helpers)
        {
            await Task.Delay(20, cancellation);
        }
    }
}
