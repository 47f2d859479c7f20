using NUnit.Framework;

namespace ClipGuard.Tests;

/// <summary>Says which tests are no part of a run, because the package feed lacks what they are about.</summary>
internal sealed class AdapterTests
{
    [Test]
    public void The_tests_of_ClipGuard_NAudio_are_part_of_this_run()
    {
#if HAS_NAUDIO
        Assert.That(typeof(Audio.NAudioDecoderTests).IsSubclassOf(typeof(Media.AudioDecoderContract)));
#else
        Assert.Ignore("The package feed lacks NAudio.Core: the tests in Audio/ are left out.");
#endif
    }

    [Test]
    public void The_tests_of_ClipGuard_TorchSharp_are_part_of_this_run()
    {
#if HAS_TORCHSHARP
        Assert.That(new Torch.TorchBatchTests(), Is.Not.Null);
#else
        Assert.Ignore("The package feed lacks TorchSharp: the tests in Torch/ are left out.");
#endif
    }
}
