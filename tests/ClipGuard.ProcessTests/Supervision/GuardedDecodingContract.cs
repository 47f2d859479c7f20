using System.Runtime.InteropServices;

using ClipGuard.Media;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Supervision;

/// <summary>
/// What every guarded isolation mode promises, against a helper that misbehaves on request: the right verdict in time,
/// the next decode on a healthy helper, and nothing left behind.
/// </summary>
[TestFixture]
internal abstract class GuardedDecodingContract : LeftoverCheckedFixture
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

    private Supervisor _supervisor = null!;

    protected abstract Isolation Isolation { get; }

    protected override async Task StartOnceAsync() => await (await Supervisor.StartAsync(TestHelper.Options(Isolation))).DisposeAsync();

    protected override async Task StartAsync() => _supervisor = await Supervisor.StartAsync(TestHelper.Options(Isolation));

    protected override async Task StopAsync() => await _supervisor.DisposeAsync();

    [Test]
    [CancelAfter(60_000)]
    public async Task Convicts_what_never_ends(CancellationToken cancellation)
    {
        SupervisorOptions options = TestHelper.ShortClocks(Isolation) with { Workers = Endless.Length };
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
    [TestCase("convicts", FaultKind.ProtocolViolated, DecodeStage.None, TestName = "{m}(finds what only a supervisor can)")]
    [TestCase("huge-message", FaultKind.ProtocolViolated, DecodeStage.None, TestName = "{m}(a message over the limit)")]
    [TestCase("hangs-up", FaultKind.ProtocolViolated, DecodeStage.None, TestName = "{m}(closes its pipe and lives on)")]
    [TestCase("allocates", FaultKind.LimitExceeded, DecodeStage.None, TestName = "{m}(allocates without end)")]
    [CancelAfter(60_000)]
    public async Task Convicts_what_fails_twice(string script, FaultKind kind, DecodeStage stage, CancellationToken cancellation)
    {
        using DecodeOutcome outcome = await _supervisor.DecodeAsync(TestHelper.Script(script), cancellation);

        Assert.That(outcome.Fault, Is.Not.Null);
        Assert.Multiple(() =>
        {
            Assert.That(outcome.Fault!.Kind, Is.EqualTo(kind), outcome.Fault.Message);
            Assert.That(outcome.Fault.Stage, Is.EqualTo(stage));
            Assert.That(outcome.Fault.PostMortem.AttemptCount, Is.EqualTo(2));
            Assert.That(outcome.Fault.Message, Is.Not.Empty);
            Assert.That(outcome.Payload.IsEmpty);
        });
        await AssertHealthy(_supervisor, cancellation);
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_helper_that_does_not_say_that_it_gives_windows_is_never_asked_for_them(CancellationToken cancellation)
    {
        DecodeRequest request = TestHelper.Script("ok:5");
        foreach (ClipSpec spec in new ClipSpec[]
        {
            new AudioSpec { Windows = new AudioWindows(2, 1) },
            new VideoSpec { Selection = new WindowFrames(2, 4) },
        })
        {
            await Assert.ThatAsync(
                () => _supervisor.DecodeAsync(request with { Spec = spec }, cancellation).AsTask(),
                Throws.ArgumentException.With.Message.Contains("gives no windows"));
        }

        await AssertHealthy(_supervisor, cancellation);
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_look_is_bytes_and_nothing_else(CancellationToken cancellation)
    {
        using DecodeOutcome outcome = await _supervisor.DecodeAsync(TestHelper.Script("ok:5") with { Spec = new InspectSpec() }, cancellation);

        Assert.That(outcome.Fault?.Kind, Is.EqualTo(FaultKind.ProtocolViolated));
        Assert.That(outcome.Fault!.Message, Does.Contain("UInt8 with 1 dimensions was asked for"));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Times_of_frames_come_from_behind_the_payload(CancellationToken cancellation)
    {
        using DecodeOutcome outcome = await _supervisor.DecodeAsync(Frames("frames:3:7.5"), cancellation);

        Assert.That(outcome.Clip?.FrameTimesSeconds, Is.EqualTo(new[] { 0, 1, 7.5 }), () => outcome.Fault!.Message);
        Assert.That(outcome.Payload.Length, Is.EqualTo(3));
    }

    [TestCase("frames:3:NaN", "a time that is no number")]
    [TestCase("frames:3:Infinity", "a time that is no number")]
    [TestCase("frames:1001:1", "gave 1001 frames where 1000 are allowed")]
    [TestCase("too-many-times", "frames where 1000 are allowed")]
    [TestCase("times-beyond-the-memory:16", "fit")]
    [CancelAfter(60_000)]
    public async Task Times_that_cannot_be_are_not_believed(string script, string complaint, CancellationToken cancellation)
    {
        using DecodeOutcome outcome = await _supervisor.DecodeAsync(Frames(script), cancellation);

        Assert.That(outcome.Fault?.Kind, Is.EqualTo(FaultKind.ProtocolViolated));
        Assert.That(outcome.Fault!.Message, Does.Contain(complaint));
    }

    [TestCase(FaultKind.Missing)]
    [TestCase(FaultKind.Unsupported)]
    [TestCase(FaultKind.Corrupt)]
    [TestCase(FaultKind.LimitExceeded)]
    [CancelAfter(60_000)]
    public async Task Believes_a_decoders_finding_at_once(FaultKind kind, CancellationToken cancellation)
    {
        using DecodeOutcome outcome = await _supervisor.DecodeAsync(TestHelper.Script($"fault:{kind}"), cancellation);

        Assert.That(outcome.Fault?.Kind, Is.EqualTo(kind));
        Assert.That(outcome.Fault!.PostMortem.AttemptCount, Is.EqualTo(1));
        Assert.That(outcome.Fault.Message, Is.EqualTo("scripted"));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_helper_that_a_stranger_kills_is_never_the_clips_fault(CancellationToken cancellation)
    {
        using DecodeOutcome outcome = await _supervisor.DecodeAsync(TestHelper.Script("killed"), cancellation);

        Assert.That(outcome.Unsettled?.Cause, Is.EqualTo(UnsettledCause.Helpers), () => outcome.Fault?.Message ?? "a clip");
        Assert.That(outcome.Unsettled!.Message, Does.Contain("SIGKILL").And.Contain("3 times"));
        await AssertHealthy(_supervisor, cancellation);
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_bug_of_the_decoders_own_is_no_clips_fault_and_is_logged_with_its_stack(CancellationToken cancellation)
    {
        using var log = new LineLog();
        await using Supervisor supervisor = await Supervisor.StartAsync(TestHelper.Options(Isolation), log, cancellation);
        using DecodeOutcome outcome = await supervisor.DecodeAsync(TestHelper.Script("throws"), cancellation);

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
            using DecodeOutcome outcome = await _supervisor.DecodeAsync(TestHelper.Script("once-used-throws"), cancellation);
            Assert.That(outcome.IsClip, () => outcome.Fault!.Message);
        }
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task The_second_try_has_one_decoder_thread(CancellationToken cancellation)
    {
        ClipFault? struck = null;
        using DecodeOutcome outcome = await _supervisor.DecodeAsync(
            TestHelper.Script("threads-abort") with { DecoderThreads = 4 }, fault => struck = fault, cancellation);

        Assert.That(outcome.IsClip);
        Assert.That(struck?.Kind, Is.EqualTo(FaultKind.Crashed));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_caller_whose_own_code_fails_at_a_strike_hears_of_it_and_no_helper_is_lost(CancellationToken cancellation)
    {
        for (int i = 0; i < 3; i++)
        {
            Assert.That(
                async () => (await _supervisor.DecodeAsync(
                    TestHelper.Script("threads-abort") with { DecoderThreads = 4 },
                    static _ => throw new InvalidTimeZoneException("the caller's"),
                    cancellation)).Dispose(),
                Throws.InstanceOf<InvalidTimeZoneException>());
        }

        await AssertHealthy(_supervisor, cancellation);
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_flood_on_standard_error_holds_up_nothing(CancellationToken cancellation)
    {
        using DecodeOutcome outcome = await _supervisor.DecodeAsync(TestHelper.Script("stderr:64"), cancellation);

        Assert.That(outcome.IsClip, () => outcome.Fault!.Message);
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_payload_of_any_size_comes_whole(CancellationToken cancellation)
    {
        const int samples = 8 << 20;
        using DecodeOutcome outcome = await _supervisor.DecodeAsync(TestHelper.Script($"ok:{samples}"), cancellation);

        Assert.That(outcome.IsClip);
        Assert.That(outcome.Payload.Length, Is.EqualTo(samples * sizeof(float)));
        float[] payload = MemoryMarshal.Cast<byte, float>(outcome.Payload).ToArray();
        Assert.That(payload[^1], Is.EqualTo((float)(samples - 1)));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Memory_stays_readable_while_its_writer_cuts_and_rewrites_it(CancellationToken cancellation)
    {
        using DecodeOutcome outcome = await _supervisor.DecodeAsync(TestHelper.Script("rewrites"), cancellation);

        Assert.That(outcome.IsClip);
        long sum = 0;
        for (int round = 0; round < 200; round++)
        {
            foreach (byte value in outcome.Payload)
            {
                sum += value;
            }

            await Task.Delay(1, cancellation);
        }

        Assert.That(sum, Is.GreaterThanOrEqualTo(0));
        Assert.That(outcome.Payload.Length, Is.EqualTo(4096));
    }

    [Test]
    [CancelAfter(60_000)]
    public void Cancelling_a_running_decode_is_no_fault_and_frees_its_helper(CancellationToken cancellation)
    {
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        ValueTask<DecodeOutcome> decode = _supervisor.DecodeAsync(TestHelper.Script("hang"), caller.Token);
        caller.CancelAfter(TimeSpan.FromMilliseconds(200));

        Assert.ThrowsAsync(Is.InstanceOf<OperationCanceledException>(), async () => (await decode).Dispose());
        Assert.DoesNotThrowAsync(() => AssertHealthy(_supervisor, cancellation));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Cancelling_a_waiting_decode_leaves_the_others_alone(CancellationToken cancellation)
    {
        Task<DecodeOutcome>[] running =
        [
            .. Enumerable.Range(0, 2).Select(_ => _supervisor.DecodeAsync(TestHelper.Script("sleep:1000"), cancellation).AsTask()),
        ];
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task<DecodeOutcome> waiting = _supervisor.DecodeAsync(TestHelper.Script("ok:1"), caller.Token).AsTask();
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
    public async Task A_second_answer_is_held_against_no_clip(CancellationToken cancellation)
    {
        for (int round = 0; round < 40; round++)
        {
            using DecodeOutcome twice = await _supervisor.DecodeAsync(TestHelper.Script("twice"), cancellation);
            Assert.That(twice.IsClip, () => twice.Fault!.Message);
            twice.Dispose();
            using DecodeOutcome next = await _supervisor.DecodeAsync(
                TestHelper.Script("ok:3"), fault => Assert.Fail($"Blamed on the next clip: {fault.Message}"), cancellation);
            Assert.That(next.IsClip, () => next.Fault!.Message);
        }
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task What_an_earlier_clip_wrote_is_no_part_of_a_later_clips_record(CancellationToken cancellation)
    {
        for (int round = 0; round < 4; round++)
        {
            (await _supervisor.DecodeAsync(TestHelper.Script("says-then-ok"), cancellation)).Dispose();
        }

        using DecodeOutcome outcome = await _supervisor.DecodeAsync(TestHelper.Script("segv"), cancellation);
        Assert.That(outcome.Fault!.Kind, Is.EqualTo(FaultKind.Crashed));
        Assert.That(outcome.Fault.PostMortem.Log, Has.None.Contain("an earlier clip"));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_finding_comes_with_what_the_helper_used(CancellationToken cancellation)
    {
        using DecodeOutcome outcome = await _supervisor.DecodeAsync(TestHelper.Script("fault:Corrupt"), cancellation);
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
            DecodeOutcome outcome = await _supervisor.DecodeAsync(TestHelper.Script($"ok:{length}"), cancellation);
            Assert.That(outcome.Payload.Length, Is.EqualTo(length * sizeof(float)));
            outcome.Dispose();
            return outcome;
        }));

        Assert.That(outcomes.Select(outcome => outcome.Clip!.Shape[1]), Is.EqualTo(lengths));
    }

    private static DecodeRequest Frames(string script) =>
        TestHelper.Script(script) with { Spec = new VideoSpec(), Limits = new DecodeLimits { MaxFrames = 1000 } };

    private static async Task AssertHealthy(Supervisor supervisor, CancellationToken cancellation)
    {
        using DecodeOutcome next = await supervisor.DecodeAsync(TestHelper.Script("ok:5"), cancellation);
        Assert.That(next.IsClip, () => next.Fault!.Message);
        Assert.That(next.Payload.Length, Is.EqualTo(5 * sizeof(float)));
    }
}

[TestFixture]
internal sealed class PooledDecoding : GuardedDecodingContract
{
    protected override Isolation Isolation => Isolation.Pooled;
}

[TestFixture]
internal sealed class FreshPerDecodeDecoding : GuardedDecodingContract
{
    protected override Isolation Isolation => Isolation.FreshPerDecode;
}
