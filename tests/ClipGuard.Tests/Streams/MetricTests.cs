using ClipGuard.Cli.Comparing;
using ClipGuard.Streams;
using ClipGuard.Streams.Comparing;

using NUnit.Framework;

namespace ClipGuard.Tests.Streams;

/// <summary>What each metric needs besides its name.</summary>
internal sealed class MetricTests
{
    [Test]
    public void Each_has_a_program_two_ways_of_reading_it_and_a_word_for_the_command([Values] Metric metric)
    {
        var options = new ComparisonOptions { Metric = metric };
        var outcome = new ToolOutcome { Output = new CapturedText("nothing", TotalBytes: 7, IsCut: false) };

        Assert.That(MetricTool.Of(options, hasVmaf: true, hasLibvmaf: true).Arguments, Is.Not.Empty);
        Assert.That(ScoreParser.Read(options, outcome), Is.Empty);
        Assert.That(FrameScoreParser.Read(options, outcome), Is.Null);
        Assert.That(CompareSettings.Metric.Option.Description, Does.Contain($"'{metric.ToString().ToLowerInvariant()}'"));
    }

    [Test]
    public void One_that_there_is_not_is_taken_for_no_other()
    {
        var options = new ComparisonOptions { Metric = (Metric)77 };

        Assert.That(() => MetricTool.Of(options, hasVmaf: true, hasLibvmaf: true), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => ScoreParser.Read(options, new ToolOutcome()), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}
