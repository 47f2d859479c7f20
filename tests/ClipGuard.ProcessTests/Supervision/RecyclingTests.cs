using System.Runtime.InteropServices;

using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Supervision;

/// <summary>When a pooled helper is used again, and when it is not.</summary>
[TestFixture]
internal sealed class RecyclingTests
{
    private static readonly SupervisorOptions OneHelper =
        MisbehavingHelperProgram.Options(IsolationMode.Pooled) with { Workers = 1, Spares = 0, HelperMemoryBytes = 400 << 20 };

    [Test]
    [CancelAfter(60_000)]
    public async Task A_clean_helper_is_used_again_up_to_its_count(CancellationToken cancellation)
    {
        await using Supervisor supervisor = await Supervisor.StartAsync(OneHelper with { RecycleAfter = 3 }, cancellation: cancellation);
        var pids = new List<int>();
        for (int i = 0; i < 7; i++)
        {
            pids.Add(await PidAsync(supervisor, "pid", cancellation));
        }

        Assert.That(pids.Select(pid => pids.IndexOf(pid)), Is.EqualTo(new[] { 0, 0, 0, 3, 3, 3, 6 }));
    }

    [TestCase("fault:Corrupt")]
    [TestCase("fault:Missing")]
    [CancelAfter(60_000)]
    public async Task A_helper_that_has_seen_a_fault_is_not_used_again(string script, CancellationToken cancellation)
    {
        await using Supervisor supervisor = await Supervisor.StartAsync(OneHelper, cancellation: cancellation);
        int before = await PidAsync(supervisor, "pid", cancellation);
        (await supervisor.DecodeAsync(MisbehavingHelperProgram.Script(script), cancellation)).Dispose();

        Assert.That(await PidAsync(supervisor, "pid", cancellation), Is.Not.EqualTo(before));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_helper_that_has_grown_is_not_used_again(CancellationToken cancellation)
    {
        await using Supervisor supervisor = await Supervisor.StartAsync(OneHelper with { RecycleAboveBytes = 150 << 20 }, cancellation: cancellation);
        int before = await PidAsync(supervisor, "pid", cancellation);
        int borrower = await PidAsync(supervisor, "borrows:160", cancellation);
        int grown = await PidAsync(supervisor, "keeps:160", cancellation);

        Assert.That(new[] { borrower, grown }, Is.All.EqualTo(before));
        Assert.That(await PidAsync(supervisor, "pid", cancellation), Is.Not.EqualTo(before));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task After_a_kill_the_next_decode_finds_a_warm_helper(CancellationToken cancellation)
    {
        string gate = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"no-more-starts-{Guid.NewGuid():N}");
        await using Supervisor supervisor = await Supervisor.StartAsync(
            MisbehavingHelperProgram.Options(IsolationMode.Pooled, $"unless:{gate}") with { Workers = 1, Spares = 2 }, cancellation: cancellation);
        while (supervisor.ReadyHelpers < 3)
        {
            await Task.Delay(20, cancellation);
        }

        // From here on no start ends, so whoever decodes was warm before.
        await File.WriteAllTextAsync(gate, string.Empty, cancellation);
        try
        {
            using (DecodeOutcome failed = await supervisor.DecodeAsync(MisbehavingHelperProgram.Script("abort"), cancellation))
            {
                Assert.That(failed.IsClip, Is.False);
            }

            using DecodeOutcome next = await supervisor.DecodeAsync(MisbehavingHelperProgram.Script("ok:1"), cancellation);
            Assert.That(next.IsClip);
        }
        finally
        {
            File.Delete(gate);
        }
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_second_try_gets_a_helper_that_has_decoded_nothing(CancellationToken cancellation)
    {
        await using Supervisor supervisor = await Supervisor.StartAsync(OneHelper, cancellation: cancellation);
        (await supervisor.DecodeAsync(MisbehavingHelperProgram.Script("ok:1"), cancellation)).Dispose();
        ClipFault? first = null;
        using DecodeOutcome outcome = await supervisor.DecodeAsync(MisbehavingHelperProgram.Script("once-used-aborts"), fault => first = fault, cancellation);

        Assert.That(first, Is.Not.Null);
        Assert.That(outcome.IsClip);
    }

    private static async Task<int> PidAsync(Supervisor supervisor, string script, CancellationToken cancellation)
    {
        using DecodeOutcome outcome = await supervisor.DecodeAsync(MisbehavingHelperProgram.Script(script), cancellation);
        Assert.That(outcome.IsClip, () => outcome.Fault!.Message);
        return (int)MemoryMarshal.Read<float>(outcome.Payload);
    }
}
