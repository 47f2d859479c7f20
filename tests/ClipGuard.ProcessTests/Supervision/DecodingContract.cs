using ClipGuard.Media;
using ClipGuard.Media.Libav;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Supervision;

/// <summary>What every isolation mode promises, with ClipGuard's own helper and, where a fixture does not say otherwise, with FFmpeg.</summary>
[TestFixture]
internal abstract class DecodingContract
{
    private const int SampleRateHz = 16_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("contract-").FullName;
    private Supervisor _supervisor = null!;

    protected abstract IsolationMode Isolation { get; }

    /// <summary>Assemblies with audio decoders; the first of them decodes.</summary>
    protected virtual IReadOnlyList<string> AudioDecoders => [];

    [OneTimeSetUp]
    public async Task Start()
    {
        if (LibavLoader.FindProblem() is { } problem)
        {
            Assert.Ignore(problem);
        }

        _supervisor = await Supervisor.StartAsync(
            new SupervisorOptions { Isolation = Isolation, HelperPath = PublishedCommand.HelperProgram, Workers = 2, AudioDecoders = AudioDecoders });
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_supervisor is not null)
        {
            await _supervisor.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_file_comes_out_sample_for_sample(CancellationToken cancellation)
    {
        string path = Path.Combine(_folder, "ramp.wav");
        await File.WriteAllBytesAsync(path, Wave.Ramp(SampleRateHz, 4000), cancellation);
        await AssertRamp(new FileSource(path), cancellation);
    }

    [Test]
    [CancelAfter(60_000)]
    public Task Bytes_in_memory_come_out_sample_for_sample(CancellationToken cancellation) =>
        AssertRamp(new MemorySource(Wave.Ramp(SampleRateHz, 4000)), cancellation);

    [Test]
    [CancelAfter(60_000)]
    public async Task A_range_of_a_file_comes_out_sample_for_sample(CancellationToken cancellation)
    {
        string path = Path.Combine(_folder, "range.bin");
        byte[] wave = Wave.Ramp(SampleRateHz, 4000);
        await File.WriteAllBytesAsync(path, [.. new byte[777], .. wave, .. new byte[333]], cancellation);
        await AssertRamp(new FileSource(path) { Offset = 777, Length = wave.Length }, cancellation);
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Windows_are_one_decode_and_come_with_where_they_begin(CancellationToken cancellation)
    {
        string path = Path.Combine(_folder, "windows.wav");
        await File.WriteAllBytesAsync(path, Wave.Ramp(SampleRateHz, 4000), cancellation);
        string? decoder = AudioDecoders.Count > 0 ? Path.GetFileNameWithoutExtension(AudioDecoders[0]) : null;
        var spec = new AudioSpec { Decoder = decoder, Windows = new AudioWindows(3, 0.0625) { Positions = [0, 0.5, 1] } };

        using DecodeOutcome windows = await _supervisor.DecodeAsync(new DecodeRequest(new FileSource(path), spec), cancellation);
        using DecodeOutcome whole = await _supervisor.DecodeAsync(
            new DecodeRequest(new FileSource(path), spec with { Windows = null }), cancellation);

        Assert.That(windows.Clip, Is.Not.Null, windows.Fault?.Message);
        Assert.That(windows.Clip!.Shape, Is.EqualTo(new[] { 3, 1, 1000 }));
        Assert.That(windows.Clip.WindowStartsSeconds.Select(start => (int)(start * SampleRateHz)), Is.EqualTo(new[] { 0, 1500, 3000 }));
        foreach ((int window, int sample) in new[] { (0, 0), (1, 1500), (2, 3000) })
        {
            Assert.That(windows.Payload.Slice(window * 4000, 4000).SequenceEqual(whole.Payload.Slice(sample * 4, 4000)), $"window {window}");
        }
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task What_is_not_there_is_missing_and_what_is_noise_is_corrupt(CancellationToken cancellation)
    {
        string noise = Path.Combine(_folder, "noise.wav");
        byte[] bytes = new byte[5000];
        new Random(7).NextBytes(bytes);
        await File.WriteAllBytesAsync(noise, bytes, cancellation);

        Assert.That(await FaultAsync(Path.Combine(_folder, "nowhere.wav"), cancellation), Is.EqualTo(FaultKind.Missing));
        Assert.That(await FaultAsync(_folder, cancellation), Is.EqualTo(FaultKind.Missing));
        Assert.That(await FaultAsync(noise, cancellation), Is.EqualTo(FaultKind.Corrupt));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Ten_thousand_frames_come_with_their_times(CancellationToken cancellation)
    {
        string path = Path.Combine(_folder, "long.avi");
        FfmpegProgram.Run($"-f lavfi -i color=c=gray:s=16x16:r=100:d=100 -c:v rawvideo -pix_fmt gray \"{path}\"");
        var spec = new VideoSpec { Selection = new UniformFrames(10_000), Size = new OwnSize() };
        using DecodeOutcome outcome = await _supervisor.DecodeAsync(new DecodeRequest(new FileSource(path), spec), cancellation);

        Assert.That(outcome.IsClip, () => outcome.Fault!.Message);
        Assert.That(outcome.Clip!.Shape, Is.EqualTo(new[] { 10_000, 16, 16, 3 }));
        Assert.That(outcome.Clip.FrameTimesSeconds, Is.EqualTo(Enumerable.Range(0, 10_000).Select(frame => frame / 100.0)).Within(1e-9));
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_spec_that_cannot_be_is_the_callers_mistake(CancellationToken cancellation) =>
        Assert.ThrowsAsync<ArgumentException>(async () =>
            (await _supervisor.DecodeAsync(new DecodeRequest(new FileSource("/nowhere"), new VideoSpec { Selection = new UniformFrames(0) }), cancellation))
                .Dispose());

    [Test]
    [CancelAfter(60_000)]
    public async Task A_look_at_a_clip_comes_out(CancellationToken cancellation)
    {
        using DecodeOutcome outcome = await _supervisor.DecodeAsync(
            new DecodeRequest(new MemorySource(Wave.Ramp(SampleRateHz, 4000)), new InspectSpec()), cancellation);
        Assert.That(outcome.IsClip, () => outcome.Fault!.Message);
        ClipDescription clip = ClipDescription.Read(outcome.Payload);
        StreamDescription audio = clip.Streams.Single();
        Assert.That((clip.Format, audio.Kind, audio.SampleRateHz, audio.FoundSampleCount), Is.EqualTo(("wav", "audio", SampleRateHz, 4000L)));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_look_at_what_is_not_there_is_a_fault(CancellationToken cancellation)
    {
        using DecodeOutcome outcome = await _supervisor.DecodeAsync(
            new DecodeRequest(new FileSource(Path.Combine(_folder, "nowhere.mp4")), new InspectSpec()), cancellation);
        Assert.That(outcome.Fault?.Kind, Is.EqualTo(FaultKind.Missing));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_payload_ends_with_its_outcome(CancellationToken cancellation)
    {
        DecodeOutcome outcome = await _supervisor.DecodeAsync(Request(new MemorySource(Wave.Ramp(SampleRateHz, 10))), cancellation);
        Assert.That(outcome.Payload.Length, Is.EqualTo(10 * sizeof(float)));
        outcome.Dispose();
        outcome.Dispose();

        Assert.Throws<ObjectDisposedException>(() => _ = outcome.Payload.Length);
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_cancelled_caller_gets_no_fault(CancellationToken cancellation)
    {
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        caller.Cancel();

        Assert.ThrowsAsync(
            Is.InstanceOf<OperationCanceledException>(),
            async () => (await _supervisor.DecodeAsync(Request(new MemorySource(Wave.Ramp(SampleRateHz, 10))), caller.Token)).Dispose());
    }

    private async Task AssertRamp(ClipSource source, CancellationToken cancellation)
    {
        using DecodeOutcome outcome = await _supervisor.DecodeAsync(Request(source), cancellation);
        Assert.That(outcome.IsClip, () => outcome.Fault!.Message);
        Assert.That(outcome.Clip!.Shape, Is.EqualTo(new[] { 1, 4000 }));
        float[] samples = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(outcome.Payload).ToArray();
        Assert.That(samples, Is.EqualTo(Enumerable.Range(0, 4000).Select(i => i / 32768f)));
    }

    private async Task<FaultKind?> FaultAsync(string path, CancellationToken cancellation)
    {
        using DecodeOutcome outcome = await _supervisor.DecodeAsync(Request(new FileSource(path)), cancellation);
        return outcome.Fault?.Kind;
    }

    private DecodeRequest Request(ClipSource source) =>
        new(source, new AudioSpec { SampleRateHz = SampleRateHz, Decoder = AudioDecoders.Select(Path.GetFileNameWithoutExtension).FirstOrDefault() });
}

[TestFixture]
internal sealed class PooledRealDecoding : DecodingContract
{
    protected override IsolationMode Isolation => IsolationMode.Pooled;
}

[TestFixture]
internal sealed class FreshPerDecodeRealDecoding : DecodingContract
{
    protected override IsolationMode Isolation => IsolationMode.FreshPerDecode;
}

[TestFixture]
internal sealed class InProcessRealDecoding : DecodingContract
{
    protected override IsolationMode Isolation => IsolationMode.InProcess;
}
