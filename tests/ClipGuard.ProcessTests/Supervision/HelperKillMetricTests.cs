using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

using ClipGuard.Media;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Supervision;

/// <summary>Which helpers count as killed, and for what. The meter is one for the process, so nothing else may run beside.</summary>
[NonParallelizable]
internal sealed class HelperKillMetricTests
{
    // Each decode is tried twice, so that each kind that means a kill means two.
    [TestCase("hang", FaultKind.Stalled)]
    [TestCase("endless", FaultKind.TimedOut)]
    [TestCase("neither", FaultKind.ProtocolViolated)]
    [TestCase("segv", FaultKind.Crashed)]
    [TestCase("allocates", FaultKind.LimitExceeded)]
    [TestCase("fault:Corrupt", FaultKind.Corrupt)]
    [CancelAfter(60_000)]
    public async Task A_verdict_that_means_a_kill_is_counted_for_each_helper(string script, FaultKind kind, CancellationToken cancellation)
    {
        SupervisorOptions options = kind is FaultKind.Stalled or FaultKind.TimedOut
            ? MisbehavingHelperProgram.ShortClocks(IsolationMode.Pooled)
            : MisbehavingHelperProgram.Options(IsolationMode.Pooled);
        Assert.That(await KillsAsync(options, script, kind, cancellation), Is.EqualTo(Kills(kind, FaultKinds.Of(kind).EndsHelper ? 2 : 0)));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_decoder_that_gives_up_by_itself_is_not_killed(CancellationToken cancellation) =>
        Assert.That(await KillsAsync(MisbehavingHelperProgram.Options(IsolationMode.Pooled), "fault:TimedOut", FaultKind.TimedOut, cancellation), Is.Empty);

    [Test]
    [CancelAfter(60_000)]
    public async Task A_kill_for_a_caller_that_gave_up_has_no_verdict(CancellationToken cancellation)
    {
        using var kills = new Counter();
        await using Supervisor supervisor = await Supervisor.StartAsync(MisbehavingHelperProgram.Options(IsolationMode.Pooled), cancellation: cancellation);
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task<DecodeOutcome> decode = supervisor.DecodeAsync(MisbehavingHelperProgram.Script("hang"), caller.Token).AsTask();
        await caller.CancelAsync();

        await Assert.ThatAsync(() => decode, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(kills.ByVerdict.Keys, Is.SubsetOf(new[] { "none" }));
    }

    private static Dictionary<string, long> Kills(FaultKind kind, long count)
    {
        var kills = new Dictionary<string, long>();
        if (count > 0)
        {
            kills.Add(kind.ToString(), count);
        }

        return kills;
    }

    private static async Task<Dictionary<string, long>> KillsAsync(SupervisorOptions options, string script, FaultKind kind, CancellationToken cancellation)
    {
        using var kills = new Counter();
        await using Supervisor supervisor = await Supervisor.StartAsync(options, cancellation: cancellation);
        using DecodeOutcome outcome = await supervisor.DecodeAsync(MisbehavingHelperProgram.Script(script), cancellation);
        if (outcome.Unsettled is null)
        {
            Assert.That(outcome.Fault?.Kind, Is.EqualTo(kind), () => outcome.Fault?.Message ?? "a clip");
            return new Dictionary<string, long>(kills.ByVerdict);
        }

        // On a busy machine the verdict takes another decode, of which the kills are counted.
        using var later = new Counter();
        using DecodeOutcome settled = await supervisor.SettleAsync(MisbehavingHelperProgram.Script(script), cancellation);
        Assert.That(settled.Fault?.Kind, Is.EqualTo(kind), () => settled.Fault?.Message ?? settled.Unsettled?.Message ?? "a clip");
        return new Dictionary<string, long>(later.ByVerdict);
    }

    private sealed class Counter : IDisposable
    {
        private readonly MeterListener _listener = new()
        {
            InstrumentPublished = static (instrument, self) =>
            {
                if (instrument.Meter.Name == ClipGuardTelemetry.MeterName && instrument.Name == "clipguard.kills")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };

        public Counter()
        {
            _listener.SetMeasurementEventCallback<long>(
                (_, value, tags, _) => ByVerdict.AddOrUpdate((string)tags[0].Value!, value, (_, before) => before + value));
            _listener.Start();
        }

        public ConcurrentDictionary<string, long> ByVerdict { get; } = [];

        public void Dispose() => _listener.Dispose();
    }
}
