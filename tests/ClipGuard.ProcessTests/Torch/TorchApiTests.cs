using ClipGuard.Torch;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Torch;

/// <summary>The public API of the adapter is the one that is written down.</summary>
internal sealed class TorchApiTests
{
    [Test]
    [CancelAfter(60_000)]
    public void Is_what_is_written_down() => PublicApi.AssertIsWrittenDown(typeof(TorchBatch).Assembly);
}
