using ClipGuard.Audio;

using NUnit.Framework;

namespace ClipGuard.Tests.Audio;

/// <summary>The public API of the adapter is the one that is written down.</summary>
internal sealed class NAudioPublicApiTests
{
    [Test]
    [CancelAfter(60_000)]
    public void Is_what_is_written_down() => PublicApi.AssertIsWrittenDown(typeof(NAudioDecoder).Assembly);
}
