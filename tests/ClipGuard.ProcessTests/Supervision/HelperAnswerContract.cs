using System.Runtime.InteropServices;

using ClipGuard.Media;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Supervision;

/// <summary>What is taken of a helper's answers in every guarded isolation mode: all that can be believed, and nothing else.</summary>
[TestFixture]
internal abstract class HelperAnswerContract : GuardedDecodingFixture
{
    [Test]
    [CancelAfter(60_000)]
    public async Task A_helper_that_does_not_say_that_it_gives_windows_is_never_asked_for_them(CancellationToken cancellation)
    {
        DecodeRequest request = MisbehavingHelperProgram.Script("ok:5");
        foreach (ClipSpec spec in new ClipSpec[]
        {
            new AudioSpec { Windows = new AudioWindows(2, 1) },
            new VideoSpec { Selection = new WindowFrames(2, 4) },
        })
        {
            await Assert.ThatAsync(
                () => Shared.DecodeAsync(request with { Spec = spec }, cancellation).AsTask(),
                Throws.ArgumentException.With.Message.Contains("gives no windows"));
        }

        await AssertHealthy(Shared, cancellation);
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_look_is_bytes_and_nothing_else(CancellationToken cancellation)
    {
        using DecodeOutcome outcome = await Shared.DecodeAsync(MisbehavingHelperProgram.Script("ok:5") with { Spec = new InspectSpec() }, cancellation);

        Assert.That(outcome.Fault?.Kind, Is.EqualTo(FaultKind.ProtocolViolated));
        Assert.That(outcome.Fault!.Message, Does.Contain("UInt8 with 1 dimensions was asked for"));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Times_of_frames_come_from_behind_the_payload(CancellationToken cancellation)
    {
        using DecodeOutcome outcome = await Shared.DecodeAsync(Frames("frames:3:7.5"), cancellation);

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
        using DecodeOutcome outcome = await Shared.DecodeAsync(Frames(script), cancellation);

        Assert.That(outcome.Fault?.Kind, Is.EqualTo(FaultKind.ProtocolViolated));
        Assert.That(outcome.Fault!.Message, Does.Contain(complaint));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_payload_of_any_size_comes_whole(CancellationToken cancellation)
    {
        const int samples = 8 << 20;
        using DecodeOutcome outcome = await Shared.DecodeAsync(MisbehavingHelperProgram.Script($"ok:{samples}"), cancellation);

        Assert.That(outcome.IsClip);
        Assert.That(outcome.Payload.Length, Is.EqualTo(samples * sizeof(float)));
        float[] payload = MemoryMarshal.Cast<byte, float>(outcome.Payload).ToArray();
        Assert.That(payload[^1], Is.EqualTo((float)(samples - 1)));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Memory_stays_readable_while_its_writer_cuts_and_rewrites_it(CancellationToken cancellation)
    {
        using DecodeOutcome outcome = await Shared.DecodeAsync(MisbehavingHelperProgram.Script("rewrites"), cancellation);

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
    public async Task A_second_answer_is_held_against_no_clip(CancellationToken cancellation)
    {
        for (int round = 0; round < 40; round++)
        {
            using DecodeOutcome twice = await Shared.DecodeAsync(MisbehavingHelperProgram.Script("twice"), cancellation);
            Assert.That(twice.IsClip, () => twice.Fault!.Message);
            twice.Dispose();
            using DecodeOutcome next = await Shared.DecodeAsync(
                MisbehavingHelperProgram.Script("ok:3"), fault => Assert.Fail($"Blamed on the next clip: {fault.Message}"), cancellation);
            Assert.That(next.IsClip, () => next.Fault!.Message);
        }
    }

    private static DecodeRequest Frames(string script) =>
        MisbehavingHelperProgram.Script(script) with { Spec = new VideoSpec(), Limits = new DecodeLimits { MaxFrames = 1000 } };
}

[TestFixture]
internal sealed class PooledHelperAnswerTests : HelperAnswerContract
{
    protected override IsolationMode Isolation => IsolationMode.Pooled;
}

[TestFixture]
internal sealed class FreshHelperAnswerTests : HelperAnswerContract
{
    protected override IsolationMode Isolation => IsolationMode.FreshPerDecode;
}
