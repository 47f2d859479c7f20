using ClipGuard.Media;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Supervision;

/// <summary>A clip answers for what its decoder does, and for nothing that is done to it.</summary>
[TestFixture]
internal sealed class UnsettledDecodeTests
{
    private static readonly SupervisorOptions Options = MisbehavingHelperProgram.Options(IsolationMode.Pooled) with
    {
        Workers = 1,
        Spares = 0,
        Deadline = TimeSpan.FromSeconds(2),
        StallLimit = TimeSpan.FromSeconds(1),
    };

    private static readonly SupervisorOptions Impatient = Options with { Deadline = TimeSpan.FromSeconds(0.7), StallLimit = TimeSpan.FromSeconds(0.5) };

    [TestCase("stop", UnsettledCause.Stopped)]
    [TestCase("waits-for-bytes", UnsettledCause.Storage)]
    [CancelAfter(60_000)]
    public async Task What_is_done_to_a_helper_frees_the_caller_and_is_held_against_nobody(string script, UnsettledCause cause, CancellationToken cancellation)
    {
        await using Supervisor supervisor = await Supervisor.StartAsync(Options, cancellation: cancellation);
        using DecodeOutcome outcome = await supervisor.DecodeAsync(MisbehavingHelperProgram.Script(script), cancellation);

        Assert.Multiple(() =>
        {
            Assert.That(outcome.Fault, Is.Null);
            Assert.That(outcome.IsClip, Is.False);
            Assert.That(outcome.Unsettled?.Cause, Is.EqualTo(cause));
            Assert.That(outcome.Unsettled?.PostMortem.Time.Usable, Is.LessThan(0.9 * Options.Deadline));
            Assert.That(outcome.Unsettled?.PostMortem.Elapsed, Is.GreaterThanOrEqualTo(Options.Deadline), "freed at the deadline, and not before");
        });

        using DecodeOutcome next = await supervisor.DecodeAsync(MisbehavingHelperProgram.Script("ok:3"), cancellation);
        Assert.That(next.IsClip, "on another helper");
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task What_storage_does_is_no_clips_fault_but_a_file_that_nobody_may_read_is_missing(CancellationToken cancellation)
    {
        string readable = Path.Combine(Path.GetTempPath(), "fault:Missing:Denied");
        await File.WriteAllTextAsync(readable, string.Empty, cancellation);
        await using Supervisor supervisor = await Supervisor.StartAsync(Options, cancellation: cancellation);

        using DecodeOutcome failed = await supervisor.DecodeAsync(MisbehavingHelperProgram.Script("fault:Missing:Failed"), cancellation);
        using DecodeOutcome denied = await supervisor.DecodeAsync(MisbehavingHelperProgram.Script("fault:Missing:Denied"), cancellation);
        using DecodeOutcome deniedToTheHelper = await supervisor.DecodeAsync(new DecodeRequest(new FileSource(readable), new AudioSpec()), cancellation);
        using DecodeOutcome absurd = await supervisor.DecodeAsync(MisbehavingHelperProgram.Script("fault:Corrupt:Failed"), cancellation);

        Assert.Multiple(() =>
        {
            Assert.That((failed.Unsettled?.Cause, failed.Unsettled?.Message), Is.EqualTo(((UnsettledCause?)UnsettledCause.Storage, "scripted")));
            Assert.That(denied.Fault?.Kind, Is.EqualTo(FaultKind.Missing));
            Assert.That(deniedToTheHelper.Unsettled?.Cause, Is.EqualTo(UnsettledCause.Storage), () => deniedToTheHelper.Fault?.Message ?? "a clip");
            Assert.That(absurd.Fault?.Kind, Is.EqualTo(FaultKind.ProtocolViolated));
        });
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task While_storage_is_silent_one_decode_at_a_time_asks_whether_it_answers_again(CancellationToken cancellation)
    {
        await using Supervisor supervisor = await Supervisor.StartAsync(Impatient with { Workers = 3 }, cancellation: cancellation);
        await Waits().WaitAsync(cancellation);

        while (supervisor.ReadyHelpers < 3)
        {
            await Task.Delay(20, cancellation);
        }

        Task<DecodeOutcome> asking = Waits();
        Task<DecodeOutcome> behind = supervisor.DecodeAsync(MisbehavingHelperProgram.Script("ok:1"), cancellation).AsTask();
        var inMemory = new DecodeRequest(new MemorySource("ok:1"u8.ToArray()), new AudioSpec());
        Task<DecodeOutcome> elsewhere = supervisor.DecodeAsync(inMemory, cancellation).AsTask();

        Assert.That(await Task.WhenAny(elsewhere, behind), Is.SameAs(elsewhere), "what needs no storage does not wait for it");
        Assert.That(await Task.WhenAny(asking, behind), Is.SameAs(asking));
        using DecodeOutcome answered = await behind;
        Assert.That(answered.IsClip && (await elsewhere).IsClip);
        (await elsewhere).Dispose();

        async Task<DecodeOutcome> Waits()
        {
            DecodeOutcome outcome = await supervisor.DecodeAsync(MisbehavingHelperProgram.Script("waits-for-bytes"), cancellation);
            Assert.That(outcome.Unsettled?.Cause, Is.EqualTo(UnsettledCause.Storage));
            return outcome;
        }
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Storage_that_stays_silent_ends_the_run(CancellationToken cancellation)
    {
        SupervisorOptions options = Impatient with { StorageLimit = TimeSpan.FromTicks(1) };
        await using Supervisor supervisor = await Supervisor.StartAsync(options, cancellation: cancellation);
        (await supervisor.DecodeAsync(MisbehavingHelperProgram.Script("waits-for-bytes"), cancellation)).Dispose();
        (await supervisor.DecodeAsync(MisbehavingHelperProgram.Script("waits-for-bytes"), cancellation)).Dispose();

        Assert.That(
            async () => await supervisor.DecodeAsync(MisbehavingHelperProgram.Script("ok:1"), cancellation),
            Throws.InstanceOf<HelperUnavailableException>().With.Property(nameof(HelperUnavailableException.StorageIsSilent)).True);
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_helper_that_says_it_waits_while_it_computes_fails_all_the_same(CancellationToken cancellation)
    {
        await using Supervisor supervisor = await Supervisor.StartAsync(Options, cancellation: cancellation);
        using DecodeOutcome outcome = await supervisor.DecideAsync("spins-and-says-it-waits", cancellation);

        Assert.That(outcome.Fault?.Kind, Is.EqualTo(FaultKind.Stalled));
        Assert.That(outcome.Fault?.PostMortem.AttemptCount, Is.EqualTo(2));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_clip_that_is_settled_has_its_time_though_its_helper_was_frozen_beyond_the_deadline(CancellationToken cancellation)
    {
        HashSet<int> before = Leftovers.Children();
        await using Supervisor supervisor = await Supervisor.StartAsync(Options, cancellation: cancellation);
        int helper = Leftovers.Children().Except(before).Single();

        // A healthy clip that needs four tenths of its deadline.
        Task<DecodeOutcome> decode = supervisor.SettleAsync(MisbehavingHelperProgram.Script("late:800"), cancellation).AsTask();
        await Task.Delay(200, cancellation);
        Assert.That(Signals.Send("STOP", helper));
        await Task.Delay(2 * Options.Deadline, cancellation);
        Assert.That(Signals.Send("CONT", helper));

        using DecodeOutcome outcome = await decode;
        Assert.That(outcome.IsClip, () => $"{outcome.Fault?.Message}{outcome.Unsettled?.Message}");
    }

    [TestCase("hang", FaultKind.Stalled)]
    [TestCase("endless", FaultKind.TimedOut)]
    [CancelAfter(90_000)]
    public async Task Settling_finds_the_guilty(string script, FaultKind kind, CancellationToken cancellation)
    {
        await using Supervisor supervisor = await Supervisor.StartAsync(Options, cancellation: cancellation);
        using DecodeOutcome outcome = await supervisor.SettleAsync(MisbehavingHelperProgram.Script(script), cancellation);

        Assert.That(outcome.Fault?.Kind, Is.EqualTo(kind), () => outcome.Unsettled?.Message ?? "a clip");
        Assert.That(outcome.Fault!.PostMortem.Time.Usable, Is.GreaterThanOrEqualTo(kind == FaultKind.Stalled ? Options.StallLimit : Options.Deadline));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task What_stays_stopped_is_given_up_at_the_cap(CancellationToken cancellation)
    {
        SupervisorOptions options = Options with { SettlingLimit = TimeSpan.FromSeconds(3) };
        await using Supervisor supervisor = await Supervisor.StartAsync(options, cancellation: cancellation);
        using DecodeOutcome outcome = await supervisor.SettleAsync(MisbehavingHelperProgram.Script("stop"), cancellation);

        Assert.That(outcome.Unsettled?.Cause, Is.EqualTo(UnsettledCause.Stopped));
        Assert.That(outcome.Unsettled!.PostMortem.Elapsed, Is.GreaterThanOrEqualTo(options.SettlingLimit));
    }
}
