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
        await using Supervisor supervisor = await Supervisor.StartAsync(MisbehavingHelperProgram.ShortClocks(IsolationMode.Pooled), cancellation: cancellation);
        using DecodeOutcome outcome = await supervisor.DecideAsync("spins-in-a-thread", cancellation);

        Assert.That(outcome.Fault!.Kind, Is.EqualTo(FaultKind.Stalled));
        Assert.That(outcome.Fault.Message, Does.Contain("spinning"));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task A_clip_is_not_to_blame_where_memory_has_no_room_for_the_stacks_of_threads(
        [Values("film.mp4", "film.mkv")] string name, CancellationToken cancellation)
    {
        using var media = new MediaFolder();
        string clip = media.Make(name, "-f lavfi -i testsrc2=s=640x360:r=25:d=4 -c:v libx264 -preset ultrafast -bf 2 -pix_fmt yuv420p");

        // Each thread takes 8 MiB of it for its stack (ulimit -s), used or not. One thread needs less than half of it.
        var options = new SupervisorOptions
        {
            HelperPath = PublishedCommand.HelperProgram,
            Workers = 1,
            Spares = 0,
            DecoderThreads = 8,
            HelperMemoryBytes = 48 << 20,
        };
        await using Supervisor supervisor = await Supervisor.StartAsync(options, cancellation: cancellation);
        ClipFault? first = null;
        var request = new DecodeRequest(new FileSource(clip), new VideoSpec { Size = new ExactSize(64, 48) });
        using DecodeOutcome outcome = await supervisor.DecodeAsync(request, fault => first = fault, cancellation);

        Assert.That((outcome.Fault, first), Is.EqualTo(((ClipFault?)null, (ClipFault?)null)));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Threads_are_allowed_in_every_sandbox_and_give_what_one_thread_gives(
        [Values(SandboxLevel.Standard, SandboxLevel.Strict)] SandboxLevel level, CancellationToken cancellation)
    {
        using var media = new MediaFolder();
        string clip = media.Make("film.mp4", "-f lavfi -i testsrc2=s=640x360:r=25:d=4 -c:v libx264 -preset ultrafast -bf 2 -pix_fmt yuv420p");
        byte[] damaged = await File.ReadAllBytesAsync(clip, cancellation);
        for (int part = 2; part < 9; part++)
        {
            damaged.AsSpan(damaged.Length * part / 10, 60).Fill(0x55);
        }

        string broken = media.Write("broken.mp4", damaged);
        var options = new SupervisorOptions { HelperPath = PublishedCommand.HelperProgram, Sandbox = level, Workers = 1, Spares = 0, DecoderThreads = 4 };
        await using Supervisor supervisor = await Supervisor.StartAsync(options, cancellation: cancellation);
        Assert.That(supervisor.Sandbox, Is.EqualTo(level));

        var spec = new VideoSpec { Size = new ExactSize(64, 48) };
        (byte[] one, _) = await DecodeAsync(clip, 1);
        (byte[] four, ClipFault? none) = await DecodeAsync(clip, null);
        (_, ClipFault? bad) = await DecodeAsync(broken, 1);
        (_, ClipFault? badOfFour) = await DecodeAsync(broken, null);

        Assert.That(none, Is.Null);
        Assert.That(four, Has.Length.EqualTo(16 * 64 * 48 * 3).And.EqualTo(one));
        Assert.That((badOfFour?.Kind, badOfFour?.Message), Is.EqualTo((FaultKind.Corrupt, bad?.Message)));

        // The helper belongs to an outcome until that is disposed.
        async Task<(byte[] Payload, ClipFault? Fault)> DecodeAsync(string path, int? threads)
        {
            var request = new DecodeRequest(new FileSource(path), spec) { DecoderThreads = threads };
            using DecodeOutcome outcome = await supervisor.DecodeAsync(request, cancellation);
            return (outcome.IsClip ? outcome.Payload.ToArray() : [], outcome.Fault);
        }
    }
}
