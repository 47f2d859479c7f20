using ClipGuard.Cli.Parity;
using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Cli;

/// <summary>What <c>clipguard decode --against ffmpeg</c> says of results that real clips give only on a busy machine, or only with another FFmpeg.</summary>
internal sealed class ParityTextTests
{
    private static readonly ParityResult Same = new("a.wav", "wav", "pcm_s16le", ClipKind.Audio) { Here = 10, There = 10 };
    private static readonly ParityResult Shorter = Same with { There = 9 };
    private static readonly ParityResult Unsettled = new("b.wav", "wav", "?", Kind: null) { Unsettled = "It had no processor." };

    [Test]
    public void What_is_unsettled_is_neither_compared_nor_refused()
    {
        Assert.Multiple(() =>
        {
            Assert.That(ParityText.Of(Unsettled), Is.EqualTo("b.wav: unsettled, which says nothing about the clip: It had no processor."));
            Assert.That((Unsettled.IsCompared, Unsettled.Agrees), Is.EqualTo((false, false)));
            Assert.That(ParityText.Table([Unsettled]).Last().Split(' ', StringSplitOptions.RemoveEmptyEntries),
                Is.EqualTo(new[] { "all", "-", "-", "-", "-", "-", "-", "-", "-" }));
        });
    }

    [Test]
    public void The_exit_code_tells_a_difference_first_and_then_what_nobody_knows()
    {
        Assert.Multiple(() =>
        {
            Assert.That(ParityRun.ExitCodeOf([Same]), Is.Zero);
            Assert.That(ParityRun.ExitCodeOf([Same, Unsettled]), Is.EqualTo(4));
            Assert.That(ParityRun.ExitCodeOf([Unsettled, Shorter]), Is.EqualTo(1));
        });
    }

    [Test]
    public void A_difference_that_is_on_purpose_says_why()
    {
        string[] notes = ["The samples have 24 bits in 32; all 32 are read."];

        Assert.Multiple(() =>
        {
            Assert.That(ParityText.Of(Shorter with { Notes = notes }), Is.EqualTo(
                "a.wav: audio (wav, pcm_s16le) differs: 10 samples here, 9 by ffmpeg; values at most 0.0e+0 apart; "
                    + "The samples have 24 bits in 32; all 32 are read."));
            Assert.That(ParityText.Of(Same with { Notes = notes }), Does.EndWith("10 samples in both; values at most 0.0e+0 apart"));
        });
    }
}
