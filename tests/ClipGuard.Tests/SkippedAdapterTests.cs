using NUnit.Framework;

namespace ClipGuard.Tests;

/// <summary>Says that tests are no part of a run, because the package feed lacks what they are about; here, NAudio.</summary>
internal sealed class SkippedAdapterTests
{
    [Test]
    public void The_tests_of_ClipGuard_NAudio_are_part_of_this_run()
    {
#if HAS_NAUDIO
        Assert.That(typeof(Audio.NAudioDecoderTests).IsSubclassOf(typeof(Media.AudioDecoderContract)));
#else
        Assert.Ignore("The package feed lacks NAudio.Core: the tests in Audio/ are not compiled.");
#endif
    }
}
