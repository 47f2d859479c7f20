using ClipGuard.Media.Streams;
using ClipGuard.Streams;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Streams;

/// <summary>Streams whose helpers misbehave, each as either of two and under tools that open them in both orders.</summary>
[TestFixture]
internal sealed class ScriptedStreamTests : SharedStreamGuardFixture
{
    // After this, streams that are late are warned of; scripts that are to be late take twice as long.
    private static readonly TimeSpan ShortTimeout = TimeSpan.FromSeconds(1.5);

    protected override StreamOptions Options => StreamTestRig.Scripted();

    protected override ToolRunSpec GoodRun => Run("in-step", false, "ok:2", "ok:2");

    [TestCase("segv", ToolFaultKind.Crashed, "SIGSEGV")]
    [TestCase("hangs", ToolFaultKind.Stalled, "in stage Decode")]
    [TestCase("hangs-up", ToolFaultKind.Stalled, "was in stage Write")]
    [TestCase("escapes:2", ToolFaultKind.Corrupt, "outside Permission denied, inside made")]
    [TestCase("corrupt", ToolFaultKind.Corrupt, "scripted")]
    [TestCase("wrong-size:4", ToolFaultKind.ProtocolViolated, "5 frames of 115200 bytes, and 460800 bytes")]
    [TestCase("nonsense", ToolFaultKind.ProtocolViolated, "no message")]
    [TestCase("impossible", ToolFaultKind.ProtocolViolated, "impossible shape")]
    [TestCase("no-fifo", ToolFaultKind.ProtocolViolated, "is there, and it is not")]
    [TestCase("dies-opening", ToolFaultKind.Crashed, "exit code 9")]
    [CancelAfter(240_000)]
    public async Task What_a_stream_does_wrong_is_its_own_fault(string script, ToolFaultKind kind, string says, CancellationToken cancellation)
    {
        await StreamTestRig.InBothOrdersAsync(
            async distortedFirst => AssertFault(await Impatient.RunAsync(Beside(script, distortedFirst), cancellation), distortedFirst, kind, says));
    }

    [TestCase("segv", ToolFaultKind.Crashed, "SIGSEGV")]
    [TestCase("hangs", ToolFaultKind.Stalled, "in stage Decode")]
    [TestCase("hangs-up", ToolFaultKind.Stalled, "was in stage Write")]
    [TestCase("corrupt", ToolFaultKind.Corrupt, "scripted")]
    [TestCase("wrong-size:4", ToolFaultKind.ProtocolViolated, "5 frames of 115200 bytes, and 460800 bytes")]
    [TestCase("nonsense", ToolFaultKind.ProtocolViolated, "no message")]
    [TestCase("impossible", ToolFaultKind.ProtocolViolated, "impossible shape")]
    [TestCase("no-fifo", ToolFaultKind.ProtocolViolated, "is there, and it is not")]
    [TestCase("dies-opening", ToolFaultKind.Crashed, "exit code 9")]
    [CancelAfter(240_000)]
    public async Task So_it_is_with_work_files(string script, ToolFaultKind kind, string says, CancellationToken cancellation)
    {
        await using var guard = new StreamGuard(StreamTestRig.Scripted() with { StallLimit = StreamTestRig.ShortStall, WorkFiles = true });
        await guard.RunAsync(Run("in-step", false, "ok:2", "ok:2"), cancellation);
        await StreamTestRig.InBothOrdersAsync(
            async distortedFirst => AssertFault(await guard.RunAsync(Beside(script, distortedFirst), cancellation), distortedFirst, kind, says));
    }

    [Test]
    [CancelAfter(240_000)]
    public async Task One_that_never_opens_is_given_up(CancellationToken cancellation)
    {
        await using var guard = new StreamGuard(StreamTestRig.Scripted() with { OpenLimit = TimeSpan.FromSeconds(4) });

        // Helpers and guardians have started before: the limit is met by nothing but the stream.
        await StreamTestRig.InBothOrdersAsync(_ => guard.RunAsync(Run("in-step", false, "ok:2", "ok:2"), cancellation));
        await StreamTestRig.InBothOrdersAsync(async distortedFirst => AssertFault(
            await guard.RunAsync(Beside("never-opens", distortedFirst), cancellation),
            distortedFirst,
            ToolFaultKind.TimedOut,
            $"'{(distortedFirst ? StreamTestRig.Distorted : StreamTestRig.Reference)}' was not there within 4 s"));
    }

    [TestCase(false, false)]
    [TestCase(false, true)]
    [TestCase(true, false)]
    [TestCase(true, true)]
    [CancelAfter(120_000)]
    public async Task A_helper_that_dies_after_its_last_word_has_written_all_the_same(bool workFiles, bool distortedFirst, CancellationToken cancellation)
    {
        await using var guard = new StreamGuard(StreamTestRig.Scripted() with { WorkFiles = workFiles, StallLimit = StreamTestRig.ShortStall });
        ToolOutcome outcome = await guard.RunAsync(Run("in-step", distortedFirst, "dies-after:30", "dies-after:30"), cancellation);

        Assert.That(outcome.Fault, Is.Null, () => outcome.Fault!.Message);
        Assert.That(outcome.StandardOutput.Text.Trim(), Is.EqualTo($"{30 * 115200} {30 * 115200}"));
    }

    [TestCase(true)]
    [TestCase(false)]
    [CancelAfter(120_000)]
    public void What_keeps_a_helper_from_writing_is_no_fault_of_the_clip(bool distortedFirst, CancellationToken cancellation)
    {
        HelperUnavailableException error = Assert.ThrowsAsync<HelperUnavailableException>(
            () => Guard.RunAsync(
                distortedFirst ? Run("in-turn", true, "ok:30", "cannot-write") : Run("in-step", false, "cannot-write", "ok:30"), cancellation))!;

        Assert.That(error.Message, Is.EqualTo("The stream cannot be written: no space is left."));
    }

    [TestCase(true)]
    [TestCase(false)]
    [CancelAfter(120_000)]
    public async Task A_bug_of_the_decoders_own_is_no_streams_fault_and_is_logged_with_its_stack(bool distortedFirst, CancellationToken cancellation)
    {
        using var log = new RecordingLog();
        await using var guard = new StreamGuard(StreamTestRig.Scripted(), log);
        HelperUnavailableException error = Assert.ThrowsAsync<HelperUnavailableException>(
            () => guard.RunAsync(distortedFirst ? Run("in-turn", true, "ok:30", "throws") : Run("in-step", false, "throws", "ok:30"), cancellation))!;

        Assert.That(error.Message, Does.Contain("meets a bug of ClipGuard's own").And.Contain("InvalidOperationException: scripted"));
        Assert.That(log.Lines, Has.Some.Contains("\nSystem.InvalidOperationException: scripted"));
    }

    [Test]
    [CancelAfter(240_000)]
    public async Task A_helper_that_is_late_to_be_ready_is_waited_for_with_one_warning(CancellationToken cancellation)
    {
        using var log = new RecordingLog();
        await using var guard = new StreamGuard(StreamTestRig.Scripted("slow:3000") with { SlowOpening = ShortTimeout }, log);
        ToolOutcome outcome = await guard.RunAsync(Run("in-step", false, "ok:3", "ok:3"), cancellation);

        Assert.That(outcome.Fault, Is.Null, () => outcome.Fault!.Message);
        Assert.That(log.Lines, Has.Length.EqualTo(1), () => string.Join("\n", log.Lines));
        Assert.That(log.Lines.Single(), Does.Contain("The streams 'reference' and 'distorted' are not there after 1.5 s"));
    }

    [Test]
    [CancelAfter(240_000)]
    public async Task A_helper_that_is_never_ready_is_no_fault_of_the_clip(CancellationToken cancellation)
    {
        // However short the limit, nobody else is late: it is met three times.
        await using var guard = new StreamGuard(StreamTestRig.Scripted("never-ready") with { OpenLimit = TimeSpan.FromSeconds(0.5) });
        HelperUnavailableException error = Assert.ThrowsAsync<HelperUnavailableException>(
            () => guard.RunAsync(Run("in-step", false, "ok:3", "ok:3"), cancellation))!;

        Assert.That(error.Message, Is.EqualTo("The helper of 'reference' was not ready within 0.5 s."));
    }

    [TestCase("ok:30", "ok:20", "'distorted' has 20 frames, and 'reference' has 30 frames.")]
    [TestCase("ok:20", "ok:30", "'distorted' has 30 frames, and 'reference' has 20 frames.")]
    [TestCase("ok:30", "other-rate:30", "'distorted' has 24 fps, and 'reference' has 25 fps.")]
    [CancelAfter(120_000)]
    public async Task Streams_that_do_not_fit_are_a_fault_with_the_figures(string reference, string distorted, string says, CancellationToken cancellation)
    {
        await StreamTestRig.InBothOrdersAsync(async distortedFirst =>
        {
            ToolOutcome outcome = await Guard.RunAsync(Run("in-step", distortedFirst, reference, distorted), cancellation);

            Assert.That(outcome.Fault?.Kind, Is.EqualTo(ToolFaultKind.Mismatched), outcome.Fault?.Message);
            Assert.That(outcome.Fault!.Message, Is.EqualTo(says));
        });
    }

    [TestCase(true)]
    [TestCase(false)]
    [CancelAfter(120_000)]
    public async Task Another_size_is_a_fault_where_no_filter_scales_it(bool distortedFirst, CancellationToken cancellation)
    {
        ToolRunSpec run = Run("in-step", distortedFirst, "ok:3", "other-size:3");
        run = run with
        {
            Streams =
            [
                run.Streams[0],
                run.Streams[1] with { Spec = new VideoStreamSpec { Form = VideoStreamFraming.Raw, FitTo = StreamTestRig.Reference, Scaler = null } },
            ],
        };
        ToolOutcome outcome = await Guard.RunAsync(run, cancellation);

        Assert.That(outcome.Fault?.Kind, Is.EqualTo(ToolFaultKind.Mismatched));
        Assert.That(outcome.Fault!.Message, Is.EqualTo("'distorted' is 160×240, and 320×240 is wanted."));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Different_lengths_and_rates_can_be_allowed(CancellationToken cancellation)
    {
        ToolOutcome outcome = await Guard.RunAsync(
            Run("in-step", false, "ok:30", "other-rate:20") with { AnyLength = true, AnyFrameRate = true }, cancellation);

        Assert.That(outcome.Fault, Is.Null, () => outcome.Fault!.Message);
        Assert.That(outcome.Streams.Select(stream => stream.FrameCount), Is.EqualTo(new[] { 30, 20 }));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task A_stream_that_trickles_is_no_stall(CancellationToken cancellation)
    {
        await using var guard = new StreamGuard(StreamTestRig.Scripted() with { StallLimit = StreamTestRig.ShortStall });
        ToolOutcome outcome = await guard.RunAsync(Run("in-turn", false, "trickles:30", "ok:30"), cancellation);

        Assert.That(outcome.Fault, Is.Null, () => outcome.Fault!.Message);
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task A_first_failure_is_tried_once_more(CancellationToken cancellation)
    {
        await using var guard = new StreamGuard(StreamTestRig.Scripted() with { Tries = 2 });
        ToolOutcome outcome = await guard.RunAsync(Run("in-step", false, "ok:3", "segv"), cancellation);

        Assert.That(outcome.Fault?.Kind, Is.EqualTo(ToolFaultKind.Crashed));
        Assert.That(outcome.Fault!.PostMortem.AttemptCount, Is.EqualTo(2));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Death_for_want_of_memory_is_tried_once_more_too(CancellationToken cancellation)
    {
        await using var guard = new StreamGuard(StreamTestRig.Scripted() with { Tries = 2, HelperMemoryBytes = 80 << 20 });
        ToolOutcome outcome = await guard.RunAsync(Run("in-step", false, "ok:3", "allocates"), cancellation);

        Assert.That((outcome.Fault?.Kind, outcome.Fault?.Culprit), Is.EqualTo((ToolFaultKind.LimitExceeded, StreamTestRig.Distorted)), outcome.Fault?.Message);
        Assert.That(outcome.Fault!.Message, Does.Contain("wanted more memory than the 83886080 bytes"));
        Assert.That(outcome.Fault.PostMortem.AttemptCount, Is.EqualTo(2));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task A_finding_counts_at_once(CancellationToken cancellation)
    {
        await using var guard = new StreamGuard(StreamTestRig.Scripted() with { Tries = 2 });
        ToolOutcome outcome = await guard.RunAsync(Run("in-step", false, "ok:3", "corrupt"), cancellation);

        Assert.That((outcome.Fault?.Kind, outcome.Fault?.PostMortem.AttemptCount), Is.EqualTo((ToolFaultKind.Corrupt, 1)));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task A_helper_of_a_stream_is_what_the_kernel_ends_first_when_memory_runs_out(CancellationToken cancellation)
    {
        HashSet<int> before = Leftovers.Children();
        await using var guard = new StreamGuard(StreamTestRig.Scripted());
        ToolOutcome outcome = await guard.RunAsync(Run("in-step", false, "ok:3", "ok:3"), cancellation);
        Assert.That(outcome.Fault, Is.Null, () => outcome.Fault!.Message);

        // They wait for the next run, and the guardian with them.
        int[] helpers = [.. Leftovers.Children().Except(before).Where(pid => Leftovers.CommandLine(pid).Split('\0').Contains("stream"))];
        Assert.That(helpers, Has.Length.EqualTo(2));
        Assert.That(helpers.Select(pid => File.ReadAllText($"/proc/{pid}/oom_score_adj").Trim()), Is.All.EqualTo("1000"));
    }

    [Test]
    [CancelAfter(240_000)]
    public async Task A_slow_start_under_load_is_waited_for_with_one_warning(CancellationToken cancellation)
    {
        using var load = new BusyCores(Environment.ProcessorCount);
        using var log = new RecordingLog();
        await using var guard = new StreamGuard(StreamTestRig.Scripted() with { SlowOpening = ShortTimeout }, log);
        ToolOutcome outcome = await guard.RunAsync(Run("in-step", false, "slow-opens:3000", "ok:3"), cancellation);

        Assert.That(outcome.Fault, Is.Null, () => outcome.Fault!.Message);
        Assert.That(log.Lines, Has.Length.EqualTo(1), () => string.Join("\n", log.Lines));

        // Under load the other stream may be late too.
        Assert.That(log.Lines.Single(), Does.Contain("'reference'").And.Contain("not there after 1.5 s"));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task What_a_helper_complained_of_belongs_to_one_stream(CancellationToken cancellation)
    {
        await using var guard = new StreamGuard(StreamTestRig.Scripted());
        ToolOutcome outcome = await guard.RunAsync(Run("in-step", false, "complains:3", "complains:3"), cancellation);
        Assert.That(outcome.Fault, Is.Null, () => outcome.Fault!.Message);
        outcome = await guard.RunAsync(Run("in-step", false, "segv", "ok:30"), cancellation);

        Assert.That(outcome.Fault?.Kind, Is.EqualTo(ToolFaultKind.Crashed), outcome.Fault?.Message);
        Assert.That(outcome.Fault!.PostMortem.Log, Is.Empty);
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task A_logger_that_throws_ends_nothing(CancellationToken cancellation)
    {
        using var log = new RecordingLog { OnLine = static _ => throw new IOException("no space is left for the log") };
        await using var guard = new StreamGuard(StreamTestRig.Scripted() with { SlowOpening = ShortTimeout }, log);
        ToolOutcome outcome = await guard.RunAsync(Run("in-step", false, "slow-opens:3000", "ok:3"), cancellation);

        Assert.That(outcome.Fault, Is.Null, () => outcome.Fault!.Message);
        Assert.That(() => log.Lines.Length, Is.EqualTo(1).After(60_000, 20));
    }

    [Test]
    [CancelAfter(120_000)]
    public void A_helper_that_dies_before_it_is_ready_is_no_fault_of_the_clip(CancellationToken cancellation)
    {
        HelperUnavailableException error = Assert.ThrowsAsync<HelperUnavailableException>(async () =>
        {
            await using var guard = new StreamGuard(StreamTestRig.Scripted("dies"));
            await guard.RunAsync(Run("in-step", false, "ok:3", "ok:3"), cancellation);
        })!;

        Assert.That(error.Message, Does.Contain("exit code 7").And.Contain("this helper dies before it is ready"));
    }

    private static void AssertFault(ToolOutcome outcome, bool distortedFirst, ToolFaultKind kind, string says)
    {
        Assert.That(outcome.Fault, Is.Not.Null);
        Assert.That(outcome.Fault!.Kind, Is.EqualTo(kind), outcome.Fault.Message);
        Assert.That(outcome.Fault.Message, Does.Contain(says));
        Assert.That(outcome.Fault.Culprit, Is.EqualTo(distortedFirst ? StreamTestRig.Distorted : StreamTestRig.Reference));
    }

    /// <summary>A stream that misbehaves beside one that does not, each as the one that a tool opens first.</summary>
    private static ToolRunSpec Beside(string script, bool distortedFirst) =>
        distortedFirst ? Run("in-turn", distortedFirst, "ok:30", script) : Run("in-step", distortedFirst, script, "ok:30");

    private static ToolRunSpec Run(string tool, bool distortedFirst, string reference, string distorted) =>
        StreamTestRig.Run(tool, distortedFirst, StreamTestRig.Script(reference), StreamTestRig.Script(distorted));
}
