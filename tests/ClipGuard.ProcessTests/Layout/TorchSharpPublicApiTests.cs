#if HAS_TORCHSHARP
using ClipGuard.Torch;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Layout;

/// <summary>The public API of the adapter is the one that is written down. Only read, so that it needs no native library.</summary>
internal sealed class TorchSharpPublicApiTests
{
    [Test]
    [CancelAfter(60_000)]
    public void Is_what_is_written_down() => PublicApi.AssertIsWrittenDown(typeof(TorchBatch).Assembly);
}
#endif
