using ClipGuard.Media;
using ClipGuard.Media.Wire;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

/// <summary>Specs that no clip can be decoded to.</summary>
internal sealed class SpecSupportCheckTests
{
    private static readonly string[] NoDecoders = [];

    [Test]
    public void What_can_be_met_is_no_mistake() =>
        Assert.That(SpecSupportCheck.Find(new AudioSpec(), new Decoding(), NoDecoders), Is.Null);

    [Test]
    public void A_spec_that_no_decoder_could_meet_is_one() =>
        Assert.That(SpecSupportCheck.Find(new VideoSpec { Selection = new UniformFrames(0) }, new Decoding(), NoDecoders), Is.Not.Null);

    [Test]
    public void So_is_a_kind_that_nothing_here_decodes() =>
        Assert.That(
            SpecSupportCheck.Find(new AudioSpec(), new Decoding { Kinds = ["image"] }, NoDecoders),
            Is.EqualTo("other 1.0 decodes image, and what is asked for is audio."));

    [TestCase(false, "other 1.0 gives no windows of clips")]
    [TestCase(true, null)]
    public void So_are_windows_where_the_greeting_knows_none(bool windows, string? expected) =>
        Assert.That(
            SpecSupportCheck.Find(new AudioSpec { Windows = new AudioWindows(3, 0.1) }, new Decoding { GivesWindows = windows }, NoDecoders),
            expected is null ? Is.Null : Does.StartWith(expected));

    [TestCase(null, "/opt/ClipGuard.NAudio.dll", true)]
    [TestCase(null, "/opt/Other.dll", false)]
    [TestCase("decord 0.6", "/opt/Other.dll", true)]
    public void So_is_an_audio_decoder_that_helpers_of_ClipGuard_do_not_load(string? program, string loaded, bool isRight) =>
        Assert.That(
            SpecSupportCheck.Find(new AudioSpec { Decoder = "ClipGuard.NAudio" }, new Decoding { Program = program }, [loaded]),
            isRight ? Is.Null : Does.Contain("names no such assembly"));

    /// <summary>Decodes nothing; says what it would.</summary>
    private sealed class Decoding : IDecodingBackend
    {
        public bool GivesWindows { get; init; } = true;

        public string? Program { get; init; }

        public IReadOnlyList<string> Kinds { get; init; } = WireKindNames.All;

        public string DecoderVersion => "FFmpeg 5.1";

        public IReadOnlyList<string> DecoderFiles => [];

        public string HelperVersion => "other 1.0";

        public ReadyMessage? GreetingFor(ClipSpec spec) => new(2, HelperVersion, DecoderVersion, SandboxLevel.Off) { Windows = GivesWindows };

        public string? ProgramFor(ClipSpec spec) => Program;

        public ValueTask<DecodeOutcome> DecodeAsync(DecodeCall call, CancellationToken cancellation) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
