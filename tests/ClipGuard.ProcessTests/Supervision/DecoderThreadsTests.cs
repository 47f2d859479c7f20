using ClipGuard.Media;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Supervision;

/// <summary>Decoders with threads of their own, in helpers.</summary>
[TestFixture]
internal sealed class DecoderThreadsTests
{
    [Test]
    [CancelAfter(60_000)]
    public async Task A_thread_of_the_decoder_that_spins_is_seen_as_spinning(CancellationToken cancellation)
    {
        await using Supervisor supervisor = await Supervisor.StartAsync(TestHelper.ShortClocks(Isolation.Pooled), cancellation: cancellation);
        using DecodeOutcome outcome = await supervisor.DecideAsync("spins-in-a-thread", cancellation);

        Assert.That(outcome.Fault!.Kind, Is.EqualTo(FaultKind.Stalled));
        Assert.That(outcome.Fault.Message, Does.Contain("spinning"));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Threads_are_allowed_in_every_sandbox_and_give_what_one_thread_gives(
        [Values(SandboxLevel.Standard, SandboxLevel.Strict)] SandboxLevel level, CancellationToken cancellation)
    {
        using var media = new MediaFolder();
        string clip = media.Make("film.mp4", "-f lavfi -i testsrc2=s=640x360:r=25:d=4 -c:v libx264 -preset ultrafast -bf 2 -pix_fmt yuv420p");
        byte[] damaged = await File.ReadAllBytesAsync(clip, cancellation);
        damaged.AsSpan(damaged.Length / 2, 400).Fill(0x55);
        string broken = media.Write("broken.mp4", damaged);
        var options = new SupervisorOptions { HelperPath = TestHelper.RealProgramPath, Sandbox = level, Workers = 1, Spares = 0, DecoderThreads = 4 };
        await using Supervisor supervisor = await Supervisor.StartAsync(options, cancellation: cancellation);
        Assert.That(supervisor.Sandbox, Is.EqualTo(level));

        var spec = new VideoSpec { Size = new ExactSize(64, 48) };
        using DecodeOutcome one = await supervisor.DecodeAsync(new DecodeRequest(new FileSource(clip), spec) { DecoderThreads = 1 }, cancellation);
        using DecodeOutcome four = await supervisor.DecodeAsync(new DecodeRequest(new FileSource(clip), spec), cancellation);
        using DecodeOutcome bad = await supervisor.DecodeAsync(new DecodeRequest(new FileSource(broken), spec) { DecoderThreads = 1 }, cancellation);
        using DecodeOutcome badOfFour = await supervisor.DecodeAsync(new DecodeRequest(new FileSource(broken), spec), cancellation);

        Assert.That(four.IsClip, () => four.Fault!.ToString());
        Assert.That(four.Payload.SequenceEqual(one.Payload));
        Assert.That((badOfFour.Fault?.Kind, badOfFour.Fault?.Message), Is.EqualTo((FaultKind.Corrupt, bad.Fault?.Message)));
    }
}
