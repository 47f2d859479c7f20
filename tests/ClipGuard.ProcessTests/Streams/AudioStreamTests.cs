using System.Globalization;

using ClipGuard.Media;
using ClipGuard.Media.Streams;
using ClipGuard.Streams;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Streams;

/// <summary>Raw audio, against the bytes that ffmpeg itself makes of the same file.</summary>
[TestFixture]
internal sealed class AudioStreamTests : StreamGuardTestBase
{
    [TestCase("flac", AudioSampleType.Signed16, "")]
    [TestCase("flac", AudioSampleType.Float32, "")]
    [TestCase("mp3", AudioSampleType.Float32, "")]
    [TestCase("wav", AudioSampleType.Signed16, "-ar 16000")]
    [TestCase("wav", AudioSampleType.Float32, "-ar 48000 -ac 1")]
    [TestCase("flac", AudioSampleType.Signed16, "-ac 1")]
    [CancelAfter(120_000)]
    public async Task The_bytes_are_those_that_ffmpeg_makes(string container, AudioSampleType sample, string options, CancellationToken cancellation)
    {
        string clip = Tone($"tone.{container}", 44100, seconds: 2);
        string form = sample == AudioSampleType.Float32 ? "f32le" : "s16le";
        FfmpegProgram.Run($"-y -i \"{clip}\" {options} -f {form} \"{Media.PathOf("expected")}\"");
        string[] words = options.Split(' ');
        var spec = new AudioStreamSpec { Sample = sample, SampleRateHz = Value(words, "-ar"), Channels = Value(words, "-ac") };
        ToolOutcome outcome = await Guard.RunAsync(Copy(clip, spec), cancellation);

        Assert.That(outcome.Fault, Is.Null, () => outcome.Fault!.Message);
        Assert.That(Path.GetExtension(outcome.StandardOutput.Text.Trim()), Is.EqualTo($".{form}"));
        byte[] written = await File.ReadAllBytesAsync(Media.PathOf("written"), cancellation);
        byte[] expected = await File.ReadAllBytesAsync(Media.PathOf("expected"), cancellation);
        Assert.That(written, Has.Length.EqualTo(expected.Length));
        Assert.That(written.AsSpan().SequenceEqual(expected), "byte for byte");
        Assert.That(outcome.Streams[0].FrameCount, Is.EqualTo(written.Length / (sample == AudioSampleType.Float32 ? 4 : 2) / (spec.Channels ?? 2)));
    }

    [TestCase(true)]
    [TestCase(false)]
    [CancelAfter(120_000)]
    public async Task A_tool_that_reads_half_is_to_blame_and_not_the_clip(bool distortedFirst, CancellationToken cancellation)
    {
        // Frames of more than a pipe takes in one piece, and a pipe that is full: the reader leaves in the middle of one.
        var clip = new FileSource(Tone("long.flac", 44100, seconds: 30));
        ToolOutcome outcome = await Guard.RunAsync(Pair("part-late:11", distortedFirst, clip, clip), cancellation);

        Assert.That(outcome.Fault?.Kind, Is.EqualTo(ToolFaultKind.ToolFailed), outcome.Fault?.Message);
        Assert.That(outcome.Fault!.Culprit, Is.EqualTo(ToolFault.Tool));
        Assert.That(outcome.Fault.Message, Does.Contain("of 'reference' it read 11 bytes"));
    }

    [TestCase(8000)]
    [TestCase(11025)]
    [TestCase(16000)]
    [TestCase(22050)]
    [TestCase(32000)]
    [TestCase(48000)]
    [TestCase(96000)]
    [CancelAfter(120_000)]
    public async Task A_clip_of_another_sample_rate_fits(int rateHz, CancellationToken cancellation)
    {
        // A length that is no whole number of samples in any other rate.
        string reference = Media.Make("odd.wav", $"-i \"{Tone("three.wav", 44100, 3)}\" -af atrim=end_sample=131071");
        string distorted = Media.Make($"odd-{rateHz}.wav", $"-i \"{reference}\" -ar {rateHz}");
        ToolOutcome outcome = await Guard.RunAsync(Pair("in-turn", false, new FileSource(reference), new FileSource(distorted)), cancellation);

        Assert.That(outcome.Fault, Is.Null, () => outcome.Fault!.Message);
        Assert.That(outcome.Streams.Select(stream => stream.Format), Is.All.EqualTo(new AudioFormat(new AudioShape(44100, 2), AudioSampleType.Signed16)));
        Assert.That(outcome.Streams[0].FrameCount, Is.EqualTo(131071));
        TestContext.Out.WriteLine($"{rateHz}: {outcome.Streams[1].FrameCount}");
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task A_clip_of_another_length_does_not(CancellationToken cancellation)
    {
        ToolOutcome outcome = await Guard.RunAsync(
            Pair("in-turn", false, new FileSource(Tone("three.wav", 44100, 3)), new FileSource(Tone("two.wav", 16000, 2))), cancellation);

        Assert.That(outcome.Fault?.Kind, Is.EqualTo(ToolFaultKind.Mismatched), outcome.Fault?.Message);
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task A_file_that_was_cut_off_is_damaged(CancellationToken cancellation)
    {
        byte[] whole = await File.ReadAllBytesAsync(Tone("three.wav", 44100, 3), cancellation);
        string clip = Media.Write("cut.wav", whole.AsSpan(0, whole.AsSpan().IndexOf("data"u8) + 8 + (2 * 44100 * 4)));
        ToolOutcome outcome = await Guard.RunAsync(Copy(clip, new AudioStreamSpec()), cancellation);

        Assert.That(outcome.Fault?.Kind, Is.EqualTo(ToolFaultKind.Corrupt), outcome.Fault?.Message);
        Assert.That(outcome.Fault!.Message, Does.StartWith("33.3 % of the audio is damaged or missing, from 2 s on"));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task A_clip_may_have_a_longest_duration(CancellationToken cancellation)
    {
        await using var guard = new StreamGuard(StreamTestRig.Options with { Limits = new DecodeLimits { MaxDuration = TimeSpan.FromSeconds(2.5) } });
        ToolOutcome fits = await guard.RunAsync(Copy(Tone("two.wav", 16000, 2), new AudioStreamSpec()), cancellation);
        ToolOutcome tooLong = await guard.RunAsync(Copy(Tone("three.wav", 44100, 3), new AudioStreamSpec()), cancellation);

        Assert.That(fits.Fault, Is.Null, () => fits.Fault!.Message);
        Assert.That(tooLong.Fault?.Kind, Is.EqualTo(ToolFaultKind.LimitExceeded), tooLong.Fault?.Message);
    }

    private string Tone(string name, int rateHz, int seconds) => Media.Make(
        name, $"-f lavfi -i \"aevalsrc=0.4*sin(440*2*PI*t)|0.3*sin(1234*2*PI*t):s={rateHz}:d={seconds}\"");

    private ToolRunSpec Copy(string clip, AudioStreamSpec spec) => StreamTestRig.Copy(clip, spec, Media.PathOf("written"));

    private static ToolRunSpec Pair(string tool, bool distortedFirst, ClipSource reference, ClipSource distorted)
    {
        ToolRunSpec video = StreamTestRig.Run(tool, distortedFirst, reference, distorted);
        return video with
        {
            Streams =
            [
                video.Streams[0] with { Spec = new AudioStreamSpec() },
                video.Streams[1] with { Spec = new AudioStreamSpec { FitTo = StreamTestRig.Reference } },
            ],
        };
    }

    private static int? Value(string[] words, string option) =>
        Array.IndexOf(words, option) is >= 0 and var at ? int.Parse(words[at + 1], CultureInfo.InvariantCulture) : null;
}
