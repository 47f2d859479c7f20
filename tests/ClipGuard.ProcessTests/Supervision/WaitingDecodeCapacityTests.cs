using ClipGuard.Media;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Supervision;

/// <summary>A decode that waits does not keep others from theirs: it leaves its place to one of them. No clock runs out within these tests.</summary>
[TestFixture]
[CancelAfter(60_000)]
internal sealed class WaitingDecodeCapacityTests
{
    private static readonly SupervisorOptions Options = MisbehavingHelperProgram.Options(IsolationMode.Pooled) with
    {
        Deadline = TimeSpan.FromMinutes(10),
        StallLimit = TimeSpan.FromMinutes(10),
    };

    [Test]
    public async Task A_decode_that_hangs_leaves_its_place_to_another_one(
        [Values] bool fresh, CancellationToken cancellation)
    {
        SupervisorOptions options = Options with { Workers = 1, MaxWorkers = 3, Isolation = fresh ? IsolationMode.FreshPerDecode : IsolationMode.Pooled };
        await using Supervisor supervisor = await Supervisor.StartAsync(options, cancellation: cancellation);
        using var hung = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task[] hanging =
        [
            supervisor.DecodeAsync(MisbehavingHelperProgram.Script("hang"), hung.Token).AsTask(),
            supervisor.DecodeAsync(MisbehavingHelperProgram.Script("hang"), hung.Token).AsTask(),
        ];

        for (int i = 0; i < 3; i++)
        {
            using DecodeOutcome beside = await supervisor.DecodeAsync(MisbehavingHelperProgram.Script("ok:3"), cancellation);
            Assert.That(beside.IsClip, () => beside.Fault?.Message ?? "unsettled");
        }

        Assert.That(hanging.Any(static decode => decode.IsCompleted), Is.False);
        await EndAsync(hung, hanging);
    }

    [Test]
    public async Task A_decode_that_waits_for_its_bytes_does_once_the_storage_has_answered_others(CancellationToken cancellation)
    {
        await using Supervisor supervisor = await Supervisor.StartAsync(Options with { MaxWorkers = 3 }, cancellation: cancellation);
        using var endless = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task waiting = supervisor.DecodeAsync(MisbehavingHelperProgram.Script("waits-for-bytes"), endless.Token).AsTask();

        // An outcome that is held keeps its place: this one is given back at once.
        (await supervisor.DecodeAsync(MisbehavingHelperProgram.Script("ok:1"), cancellation)).Dispose();
        Task spinning = supervisor.DecodeAsync(MisbehavingHelperProgram.Script("spin"), endless.Token).AsTask();

        using DecodeOutcome beside = await supervisor.DecodeAsync(MisbehavingHelperProgram.Script("ok:1"), cancellation);

        Assert.That(beside.IsClip);
        Assert.That(waiting.IsCompleted || spinning.IsCompleted, Is.False);
        await EndAsync(endless, waiting, spinning);
    }

    [Test]
    public async Task Storage_that_has_answered_nobody_since_gets_no_more_decodes(CancellationToken cancellation)
    {
        SupervisorOptions options = Options with { Workers = 1, MaxWorkers = 3, Deadline = TimeSpan.FromSeconds(2) };
        await using Supervisor supervisor = await Supervisor.StartAsync(options, cancellation: cancellation);
        Task<DecodeOutcome> waiting = supervisor.DecodeAsync(MisbehavingHelperProgram.Script("waits-for-bytes"), cancellation).AsTask();
        Task<DecodeOutcome> behind = supervisor.DecodeAsync(MisbehavingHelperProgram.Script("ok:1"), cancellation).AsTask();

        Assert.That(await Task.WhenAny(waiting, behind), Is.SameAs(waiting));
        using DecodeOutcome freed = await waiting;
        using DecodeOutcome answered = await behind;
        Assert.That((freed.Unsettled?.Cause, answered.IsClip), Is.EqualTo(((UnsettledCause?)UnsettledCause.Storage, true)));
    }

    private static async Task EndAsync(CancellationTokenSource source, params Task[] decodes)
    {
        await source.CancelAsync();
        foreach (Task decode in decodes)
        {
            await decode.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Assert.That(decode.IsCanceled);
        }
    }
}
