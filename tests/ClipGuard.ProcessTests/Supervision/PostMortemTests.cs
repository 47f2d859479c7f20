using ClipGuard.Media;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Supervision;

/// <summary>What is known of a decode that gave nothing, and that it is that decode's alone.</summary>
[TestFixture]
internal sealed class PostMortemTests
{
    private static readonly SupervisorOptions OneHelper = MisbehavingHelperProgram.Options(IsolationMode.Pooled) with { Workers = 1, Spares = 0 };

    [Test]
    [CancelAfter(60_000)]
    public async Task A_blocked_helper_is_told_from_a_spinning_one(CancellationToken cancellation)
    {
        // A runtime that still compiles in the background runs, whatever the decode does.
        SupervisorOptions compilesOnce = MisbehavingHelperProgram.ShortClocks(IsolationMode.Pooled) with
        {
            HelperEnvironment = new Dictionary<string, string> { ["DOTNET_TieredCompilation"] = "0" },
        };
        await using Supervisor supervisor = await Supervisor.StartAsync(compilesOnce, cancellation: cancellation);
        Task<DecodeOutcome> hanging = supervisor.DecideAsync("hang", cancellation);
        using DecodeOutcome spinning = await supervisor.DecideAsync("spin", cancellation);
        using DecodeOutcome blocked = await hanging;

        Assert.Multiple(() =>
        {
            Assert.That(blocked.Fault!.Message, Does.Contain("blocked"));
            Assert.That(spinning.Fault!.Message, Does.Contain("spinning"));
            PostMortem postMortem = blocked.Fault.PostMortem;
            Assert.That(postMortem.Log, Does.Contain("about to hang"));
            Assert.That(postMortem.SinceProgress, Is.GreaterThanOrEqualTo(compilesOnce.StallLimit));
            Assert.That(postMortem.Elapsed, Is.GreaterThanOrEqualTo(postMortem.SinceProgress));
            Assert.That(postMortem.PeakMemoryBytes, Is.GreaterThan(1 << 20));
            Assert.That(postMortem.Signal, Is.Null);
            Assert.That(postMortem.ExitCode, Is.Null);
            Assert.That(spinning.Fault.PostMortem.CpuTime, Is.GreaterThan(postMortem.CpuTime));
        });
    }

    [TestCase("segv", 11, null)]
    [TestCase("abort", 6, null)]
    [TestCase("exit:3", null, 3)]
    [TestCase("exit:0", null, 0)]
    [CancelAfter(60_000)]
    public async Task A_crash_is_told_with_its_signal_or_exit_code(string script, int? signal, int? exitCode, CancellationToken cancellation)
    {
        await using Supervisor supervisor = await Supervisor.StartAsync(OneHelper, cancellation: cancellation);
        using DecodeOutcome outcome = await supervisor.DecodeAsync(MisbehavingHelperProgram.Script(script), cancellation);

        Assert.That(outcome.Fault!.PostMortem.Signal, Is.EqualTo(signal));
        Assert.That(outcome.Fault.PostMortem.ExitCode, Is.EqualTo(exitCode));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Cpu_time_and_peak_memory_are_those_of_this_decode_alone(CancellationToken cancellation)
    {
        SupervisorOptions patient = OneHelper with
        {
            RecycleAboveBytes = 1 << 30,
            StallLimit = TimeSpan.FromSeconds(3),
            Deadline = TimeSpan.FromSeconds(30),
            HelperMemoryBytes = 400 << 20,
        };
        await using Supervisor supervisor = await Supervisor.StartAsync(patient, cancellation: cancellation);
        foreach (string before in new[] { "burns:1200", "borrows:180" })
        {
            using DecodeOutcome outcome = await supervisor.DecodeAsync(MisbehavingHelperProgram.Script(before), cancellation);
            Assert.That(outcome.IsClip, () => outcome.Fault!.Message);
        }

        // The first try is made in that same helper; what comes of a second one is not waited for.
        ClipFault? first = null;
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        void Hear(ClipFault fault)
        {
            first = fault;
            caller.Cancel();
        }

        Assert.That(
            async () => (await supervisor.DecodeAsync(MisbehavingHelperProgram.Script("hang"), Hear, caller.Token)).Dispose(),
            Throws.InstanceOf<OperationCanceledException>());

        Assert.That(first!.PostMortem.CpuTime, Is.LessThan(TimeSpan.FromSeconds(1)));
        Assert.That(first.PostMortem.PeakMemoryBytes, Is.LessThan(180 << 20));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Progress_so_far_is_told(CancellationToken cancellation)
    {
        await using Supervisor supervisor = await Supervisor.StartAsync(OneHelper with { Deadline = TimeSpan.FromSeconds(2) }, cancellation: cancellation);
        using DecodeOutcome outcome = await supervisor.DecideAsync("endless", cancellation);

        Assert.That(outcome.Fault!.Kind, Is.EqualTo(FaultKind.TimedOut));
        Assert.That(outcome.Fault.PostMortem.FrameCount, Is.Positive);
        Assert.That(outcome.Fault.PostMortem.SinceProgress, Is.LessThan(TimeSpan.FromSeconds(2)));
    }
}
