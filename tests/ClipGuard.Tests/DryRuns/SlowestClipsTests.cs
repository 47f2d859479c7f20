using ClipGuard.DryRuns;

using NUnit.Framework;

namespace ClipGuard.Tests.DryRuns;

[CancelAfter(10_000)]
public sealed class SlowestClipsTests
{
    [Test]
    public void The_slowest_are_kept_slowest_first_and_the_earlier_of_equals()
    {
        var slowest = new SlowestClips(3);
        double[] seconds = [2, 9, 1, 9, 4, 4, 3];
        for (int line = 0; line < seconds.Length; line++)
        {
            slowest.Add(new SlowClip(line, "x", seconds[line]));
        }

        Assert.That(slowest.ToList().Select(clip => (clip.Line, clip.Seconds)), Is.EqualTo(new[] { (1L, 9.0), (3L, 9.0), (4L, 4.0) }));
    }
}
