using ClipGuard.Fetching;
using ClipGuard.Media;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Supervision;

/// <summary>Clips that reach a helper by descriptor decode as by their path, and leave nothing open.</summary>
[TestFixture]
internal sealed class ReadAheadDecodingTests
{
    private const int SampleRateHz = 16_000;

    [TestCase(SandboxLevel.Off)]
    [TestCase(SandboxLevel.Standard)]
    [TestCase(SandboxLevel.Strict)]
    [CancelAfter(60_000)]
    public async Task A_clip_by_descriptor_is_the_clip(SandboxLevel level, CancellationToken cancellation)
    {
        string folder = Directory.CreateTempSubdirectory("ahead-").FullName;
        string clip = Path.Combine(folder, "ramp.wav");
        await File.WriteAllBytesAsync(clip, Wave.Ramp(SampleRateHz, 100_000), cancellation);
        var options = new SupervisorOptions
        {
            HelperPath = PublishedCommand.HelperProgram,
            Sandbox = level,
            Workers = 1,
            Spares = 0,
            Fetching = new FetchOptions { Fetchers = [new FileFetcher(clip)] },
        };
        await using Supervisor supervisor = await Supervisor.StartAsync(options, cancellation: cancellation);
        byte[] byPath = await DecodeAsync(supervisor, new FileSource(clip), cancellation);
        for (int time = 0; time < 3; time++)
        {
            using IReadAheadClip ahead = ((IGuardedDecoder)supervisor).Announce(new RemoteSource(new Uri("file-of-test://x/ramp.wav")))!;
            Assert.That(await DecodeAsync(supervisor, ahead.Source, cancellation), Is.EqualTo(byPath));
        }

        Assert.That(supervisor.ReadAhead, Has.Property("ClipCount").EqualTo(3).And.Property("BytesHeld").Zero);
        Assert.That(supervisor.Libraries, Does.ContainKey("FFmpeg"));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task What_is_not_there_is_missing_by_the_helpers_own_word(CancellationToken cancellation)
    {
        var options = new SupervisorOptions { HelperPath = PublishedCommand.HelperProgram, Workers = 1, Spares = 0 };
        await using Supervisor supervisor = await Supervisor.StartAsync(options, cancellation: cancellation);
        using IReadAheadClip ahead = ((IGuardedDecoder)supervisor).Announce(new FileSource("/no/such/clip.wav"))!;

        using DecodeOutcome outcome = await supervisor.DecodeAsync(new DecodeRequest(ahead.Source, new AudioSpec()), cancellation);

        Assert.That(outcome.Fault?.Kind, Is.EqualTo(FaultKind.Missing));
        Assert.That(outcome.Fault!.Message, Does.Contain("/no/such/clip.wav"));
    }

    private static async Task<byte[]> DecodeAsync(Supervisor supervisor, ClipSource source, CancellationToken cancellation)
    {
        using DecodeOutcome outcome = await supervisor.DecodeAsync(new DecodeRequest(source, new AudioSpec()), cancellation);
        Assert.That(outcome.IsClip, () => outcome.Fault?.Message ?? outcome.Unsettled!.Message);
        return outcome.Payload.ToArray();
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Roots_helpers_at_level_strict_are_given_no_file_that_they_could_not_read_themselves(CancellationToken cancellation)
    {
        var options = new SupervisorOptions { HelperPath = PublishedCommand.HelperProgram, Workers = 1, Spares = 0, Sandbox = SandboxLevel.Strict };
        await using Supervisor supervisor = await Supervisor.StartAsync(options, cancellation: cancellation);
        using IReadAheadClip? ahead = ((IGuardedDecoder)supervisor).Announce(new FileSource("/no/such/clip.wav"));
        Assert.That(ahead is null, Is.EqualTo(Environment.IsPrivilegedProcess));
    }

    /// <summary>Serves one file, whatever it is asked for.</summary>
    private sealed class FileFetcher(string file) : IFetcher
    {
        public IReadOnlyCollection<string> Schemes => ["file-of-test"];

        public Task<FetchAnswer> FetchAsync(FetchRequest request, CancellationToken cancellation = default) =>
            Task.FromResult(new FetchAnswer(File.OpenRead(file)));
    }
}
