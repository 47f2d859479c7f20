using ClipGuard.Media;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Supervision;

/// <summary>
/// What every guarded isolation mode promises, against a helper that misbehaves on request: the right verdict in time,
/// the next decode on a healthy helper, and nothing left behind.
/// </summary>
[TestFixture]
internal abstract class GuardedDecodingContract : GuardedDecodingFixture
{
    // What a busy machine may add to a deadline before the helper is looked at.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    // Decoded all at once, because each is waited for twice.
    private static readonly (string Script, FaultKind Kind, DecodeStage Stage, string What)[] Endless =
    [
        ("hang", FaultKind.Stalled, DecodeStage.Decode, "hangs in native code"),
        ("spin", FaultKind.Stalled, DecodeStage.Convert, "spins"),
        ("heartbeat", FaultKind.Stalled, DecodeStage.Decode, "beats without progress"),
        ("endless", FaultKind.TimedOut, DecodeStage.Decode, "progresses for ever"),
        ("late:20000", FaultKind.TimedOut, DecodeStage.Decode, "replies after the deadline"),
        ("stderr-endless", FaultKind.TimedOut, DecodeStage.None, "floods standard error for ever"),
    ];

    [Test]
    [CancelAfter(60_000)]
    public async Task What_never_ends_is_the_clips_fault(CancellationToken cancellation)
    {
        SupervisorOptions options = MisbehavingHelperProgram.ShortClocks(Isolation) with { Workers = Endless.Length };
        await using Supervisor supervisor = await Supervisor.StartAsync(options, cancellation: cancellation);
        DecodeOutcome[] outcomes = await Task.WhenAll(Endless.Select(row => supervisor.DecideAsync(row.Script, cancellation)));

        Assert.Multiple(() =>
        {
            foreach ((DecodeOutcome outcome, (_, FaultKind kind, DecodeStage stage, string what)) in outcomes.Zip(Endless))
            {
                Assert.That(
                    (outcome.Fault?.Kind, outcome.Fault?.Stage),
                    Is.EqualTo(((FaultKind?)kind, (DecodeStage?)stage)),
                    () => $"{what}: {outcome.Fault?.Message}");
                Assert.That(outcome.Fault?.PostMortem.AttemptCount, Is.EqualTo(2), what);
                Assert.That(outcome.Fault?.PostMortem.Time.Usable, Is.LessThan(options.Deadline + Grace), what);
                Assert.That(outcome.Fault?.PostMortem.Elapsed, Is.LessThan(options.Deadline + Grace + Waited(outcome.Fault!)), what);
                Assert.That(outcome.Fault?.Message, Is.Not.Empty, what);
                Assert.That(outcome.Payload.IsEmpty, what);
            }
        });
        await AssertHealthy(supervisor, cancellation);
    }

    private static TimeSpan Waited(ClipFault fault) => fault.PostMortem.Time.Total - fault.PostMortem.Time.Usable;

    [TestCase("segv", FaultKind.Crashed, DecodeStage.None, TestName = "{m}(SIGSEGV)")]
    [TestCase("abort", FaultKind.Crashed, DecodeStage.None, TestName = "{m}(abort)")]
    [TestCase("exit:0", FaultKind.Crashed, DecodeStage.None, TestName = "{m}(exits with 0 and no reply)")]
    [TestCase("exit:3", FaultKind.Crashed, DecodeStage.None, TestName = "{m}(exits with 3)")]
    [TestCase("grandchild:300", FaultKind.Crashed, DecodeStage.None, TestName = "{m}(tries to start a grandchild)")]
    [TestCase("half-reply", FaultKind.ProtocolViolated, DecodeStage.None, TestName = "{m}(half a reply)")]
    [TestCase("other-reply", FaultKind.ProtocolViolated, DecodeStage.None, TestName = "{m}(a reply for another request)")]
    [TestCase("too-large", FaultKind.ProtocolViolated, DecodeStage.None, TestName = "{m}(claims more than the memory holds)")]
    [TestCase("overflow", FaultKind.ProtocolViolated, DecodeStage.None, TestName = "{m}(claims a shape that overflows)")]
    [TestCase("negative", FaultKind.ProtocolViolated, DecodeStage.None, TestName = "{m}(claims a negative shape)")]
    [TestCase("wrong-type", FaultKind.ProtocolViolated, DecodeStage.None, TestName = "{m}(gives another element type)")]
    [TestCase("counts-below-zero", FaultKind.ProtocolViolated, DecodeStage.None, TestName = "{m}(counts below zero)")]
    [TestCase("times-of-nothing", FaultKind.ProtocolViolated, DecodeStage.None, TestName = "{m}(gives times of frames that are none)")]
    [TestCase("neither", FaultKind.ProtocolViolated, DecodeStage.None, TestName = "{m}(neither clip nor fault)")]
    [TestCase("throws-elsewhere", FaultKind.ProtocolViolated, DecodeStage.None, TestName = "{m}(tells of a bug in another request)")]
    [TestCase("says-it-crashed", FaultKind.ProtocolViolated, DecodeStage.None, TestName = "{m}(finds what only a supervisor can)")]
    [TestCase("huge-message", FaultKind.ProtocolViolated, DecodeStage.None, TestName = "{m}(a message over the limit)")]
    [TestCase("hangs-up", FaultKind.ProtocolViolated, DecodeStage.None, TestName = "{m}(closes its pipe and lives on)")]
    [TestCase("allocates", FaultKind.LimitExceeded, DecodeStage.None, TestName = "{m}(allocates without end)")]
    [CancelAfter(60_000)]
    public async Task What_fails_twice_is_the_clips_fault(string script, FaultKind kind, DecodeStage stage, CancellationToken cancellation)
    {
        using DecodeOutcome outcome = await Shared.DecodeAsync(MisbehavingHelperProgram.Script(script), cancellation);

        Assert.That(outcome.Fault, Is.Not.Null);
        Assert.Multiple(() =>
        {
            Assert.That(outcome.Fault!.Kind, Is.EqualTo(kind), outcome.Fault.Message);
            Assert.That(outcome.Fault.Stage, Is.EqualTo(stage));
            Assert.That(outcome.Fault.PostMortem.AttemptCount, Is.EqualTo(2));
            Assert.That(outcome.Fault.Message, Is.Not.Empty);
            Assert.That(outcome.Payload.IsEmpty);
        });
        await AssertHealthy(Shared, cancellation);
    }

    [TestCase(FaultKind.Missing)]
    [TestCase(FaultKind.Unsupported)]
    [TestCase(FaultKind.Corrupt)]
    [TestCase(FaultKind.LimitExceeded)]
    [CancelAfter(60_000)]
    public async Task Believes_a_decoders_finding_at_once(FaultKind kind, CancellationToken cancellation)
    {
        using DecodeOutcome outcome = await Shared.DecodeAsync(MisbehavingHelperProgram.Script($"fault:{kind}"), cancellation);

        Assert.That(outcome.Fault?.Kind, Is.EqualTo(kind));
        Assert.That(outcome.Fault!.PostMortem.AttemptCount, Is.EqualTo(1));
        Assert.That(outcome.Fault.Message, Is.EqualTo("scripted"));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_helper_that_a_stranger_kills_is_never_the_clips_fault(CancellationToken cancellation)
    {
        using DecodeOutcome outcome = await Shared.DecodeAsync(MisbehavingHelperProgram.Script("killed"), cancellation);

        Assert.That(outcome.Unsettled?.Cause, Is.EqualTo(UnsettledCause.Helpers), () => outcome.Fault?.Message ?? "a clip");
        Assert.That(outcome.Unsettled!.Message, Does.Contain("SIGKILL").And.Contain("3 times"));
        await AssertHealthy(Shared, cancellation);
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_bug_of_the_decoders_own_is_no_clips_fault_and_is_logged_with_its_stack(CancellationToken cancellation)
    {
        using var log = new RecordingLog();
        await using Supervisor supervisor = await Supervisor.StartAsync(MisbehavingHelperProgram.Options(Isolation), log, cancellation);
        using DecodeOutcome outcome = await supervisor.DecodeAsync(MisbehavingHelperProgram.Script("throws"), cancellation);

        Assert.That(outcome.Unsettled?.Cause, Is.EqualTo(UnsettledCause.Bug), () => outcome.Fault?.Message ?? "a clip");
        Assert.That(outcome.Unsettled!.Message,
            Does.Contain("bug of ClipGuard's own").And.Contain("InvalidOperationException: scripted, with a line and another"));
        Assert.That(log.Lines.Count(line => line.Contains("/scripts/throws: a bug of ClipGuard's own", StringComparison.Ordinal)), Is.EqualTo(2),
            "each try is told of");
        Assert.That(log.Lines, Has.Some.Contains("\nSystem.InvalidOperationException: scripted, with a line\nand another"));
        await AssertHealthy(supervisor, cancellation);
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_bug_that_only_a_used_decoder_has_costs_no_clip(CancellationToken cancellation)
    {
        for (int i = 0; i < 6; i++)
        {
            using DecodeOutcome outcome = await Shared.DecodeAsync(MisbehavingHelperProgram.Script("once-used-throws"), cancellation);
            Assert.That(outcome.IsClip, () => outcome.Fault!.Message);
        }
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task The_second_try_has_one_decoder_thread(CancellationToken cancellation)
    {
        ClipFault? first = null;
        using DecodeOutcome outcome = await Shared.DecodeAsync(
            MisbehavingHelperProgram.Script("threads-abort") with { DecoderThreads = 4 }, fault => first = fault, cancellation);

        Assert.That(outcome.IsClip);
        Assert.That(first?.Kind, Is.EqualTo(FaultKind.Crashed));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_caller_whose_own_code_fails_at_a_first_failure_hears_of_it_and_no_helper_is_lost(CancellationToken cancellation)
    {
        for (int i = 0; i < 3; i++)
        {
            Assert.That(
                async () => (await Shared.DecodeAsync(
                    MisbehavingHelperProgram.Script("threads-abort") with { DecoderThreads = 4 },
                    static _ => throw new InvalidTimeZoneException("the caller's"),
                    cancellation)).Dispose(),
                Throws.InstanceOf<InvalidTimeZoneException>());
        }

        await AssertHealthy(Shared, cancellation);
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_flood_on_standard_error_holds_up_nothing(CancellationToken cancellation)
    {
        using DecodeOutcome outcome = await Shared.DecodeAsync(MisbehavingHelperProgram.Script("stderr:64"), cancellation);

        Assert.That(outcome.IsClip, () => outcome.Fault!.Message);
    }

    [Test]
    [CancelAfter(60_000)]
    public void Cancelling_a_running_decode_is_no_fault_and_frees_its_helper(CancellationToken cancellation)
    {
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        ValueTask<DecodeOutcome> decode = Shared.DecodeAsync(MisbehavingHelperProgram.Script("hang"), caller.Token);
        caller.CancelAfter(TimeSpan.FromMilliseconds(200));

        Assert.ThrowsAsync(Is.InstanceOf<OperationCanceledException>(), async () => (await decode).Dispose());
        Assert.DoesNotThrowAsync(() => AssertHealthy(Shared, cancellation));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Cancelling_a_waiting_decode_leaves_the_others_alone(CancellationToken cancellation)
    {
        Task<DecodeOutcome>[] running =
        [
            .. Enumerable.Range(0, 2).Select(_ => Shared.DecodeAsync(MisbehavingHelperProgram.Script("sleep:1000"), cancellation).AsTask()),
        ];
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task<DecodeOutcome> waiting = Shared.DecodeAsync(MisbehavingHelperProgram.Script("ok:1"), caller.Token).AsTask();
        await caller.CancelAsync();

        Assert.ThrowsAsync(Is.InstanceOf<OperationCanceledException>(), () => waiting);
        foreach (DecodeOutcome outcome in await Task.WhenAll(running))
        {
            Assert.That(outcome.IsClip);
            outcome.Dispose();
        }
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task What_an_earlier_clip_wrote_is_no_part_of_a_later_clips_record(CancellationToken cancellation)
    {
        for (int round = 0; round < 4; round++)
        {
            (await Shared.DecodeAsync(MisbehavingHelperProgram.Script("says-then-ok"), cancellation)).Dispose();
        }

        using DecodeOutcome outcome = await Shared.DecodeAsync(MisbehavingHelperProgram.Script("segv"), cancellation);
        Assert.That(outcome.Fault!.Kind, Is.EqualTo(FaultKind.Crashed));
        Assert.That(outcome.Fault.PostMortem.Log, Has.None.Contain("an earlier clip"));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_finding_comes_with_what_the_helper_used(CancellationToken cancellation)
    {
        using DecodeOutcome outcome = await Shared.DecodeAsync(MisbehavingHelperProgram.Script("fault:Corrupt"), cancellation);
        Assert.That(outcome.Fault!.PostMortem.PeakMemoryBytes, Is.GreaterThan(1 << 20));
        Assert.That(outcome.Fault.PostMortem.CpuTime, Is.GreaterThan(TimeSpan.Zero));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Many_callers_are_all_served(CancellationToken cancellation)
    {
        int[] lengths = [.. Enumerable.Range(1, 60)];
        DecodeOutcome[] outcomes = await Task.WhenAll(lengths.Select(async length =>
        {
            DecodeOutcome outcome = await Shared.DecodeAsync(MisbehavingHelperProgram.Script($"ok:{length}"), cancellation);
            Assert.That(outcome.Payload.Length, Is.EqualTo(length * sizeof(float)));
            outcome.Dispose();
            return outcome;
        }));

        Assert.That(outcomes.Select(outcome => outcome.Clip!.Shape[1]), Is.EqualTo(lengths));
    }
}

[TestFixture]
internal sealed class PooledDecoding : GuardedDecodingContract
{
    protected override IsolationMode Isolation => IsolationMode.Pooled;
}

[TestFixture]
internal sealed class FreshPerDecodeDecoding : GuardedDecodingContract
{
    protected override IsolationMode Isolation => IsolationMode.FreshPerDecode;
}
