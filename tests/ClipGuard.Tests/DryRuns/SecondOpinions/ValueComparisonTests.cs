using System.Runtime.InteropServices;

using ClipGuard.DryRuns.SecondOpinions;
using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.DryRuns.SecondOpinions;

[CancelAfter(30_000)]
internal sealed class ValueComparisonTests
{
    [Test]
    public void The_worst_tenth_of_a_second_of_any_channel_counts()
    {
        // Two channels of 0.35 s at 1000 Hz.
        float[] first = new float[700];
        float[] second = new float[700];
        second.AsSpan(350 + 200, 100).Fill(0.3f);
        second[10] = 1;

        ValueComparison found = Compare(first, second, 350, 350);

        Assert.That(found.Largest, Is.EqualTo(0.3).Within(1e-6), "a single sample is a hundredth of its piece's energy");
        Assert.That(found.Piece, Is.EqualTo(200));
    }

    [Test]
    public void Audio_of_another_length_is_compared_as_far_as_both_go()
    {
        float[] first = [.. Enumerable.Repeat(0.25f, 300), .. Enumerable.Repeat(0.5f, 300)];
        float[] second = [.. Enumerable.Repeat(0.25f, 400), .. Enumerable.Repeat(0.75f, 400)];

        ValueComparison found = Compare(first, second, 300, 400);

        Assert.That((found.Largest, found.Piece), Is.EqualTo((0.25, 0)), "the second channel begins at another place");
    }

    [Test]
    public void A_value_that_is_no_number_is_further_apart_than_any()
    {
        float[] first = new float[300];
        float[] second = new float[300];
        second[150] = float.NaN;
        second[250] = 1000;

        ValueComparison found = Compare(first, second, 300, 300, channels: 1);

        Assert.That((found.Largest, found.Piece), Is.EqualTo((double.NaN, 100)));
        Assert.That(found.Largest <= 1, Is.False);
    }

    [Test]
    public void The_worst_picture_counts()
    {
        byte[] first = new byte[3 * 10_000];
        byte[] second = new byte[3 * 10_000];
        second.AsSpan(0, 10_000).Fill(1);
        second.AsSpan(20_000, 10_000).Fill(51);

        ValueComparison found = ValueComparison.OfPictures(3, first, second);

        Assert.That(found.Largest, Is.EqualTo(0.2).Within(1e-9));
        Assert.That(found.Piece, Is.EqualTo(2));
    }

    private static ValueComparison Compare(float[] first, float[] second, int firstLength, int secondLength, int channels = 2) => ValueComparison.OfAudio(
        new DecodedClip(ElementType.Float32, [channels, firstLength]) { SampleRateHz = 1000 },
        MemoryMarshal.AsBytes(first.AsSpan()),
        new DecodedClip(ElementType.Float32, [channels, secondLength]) { SampleRateHz = 1000 },
        MemoryMarshal.AsBytes(second.AsSpan()));
}
