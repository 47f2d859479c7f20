using NUnit.Framework;

namespace ClipGuard.ProcessTests;

/// <summary>Says that tests are no part of a run, because the package feed lacks what they are about; here, TorchSharp.</summary>
internal sealed class SkippedAdapterTests
{
    [Test]
    public void The_tests_of_ClipGuard_TorchSharp_are_part_of_this_run()
    {
#if HAS_TORCHSHARP
        Assert.That(new Torch.TorchBatchTests(), Is.Not.Null);
#else
        Assert.Ignore("The package feed lacks TorchSharp: the tests in Torch/ are not compiled.");
#endif
    }
}
