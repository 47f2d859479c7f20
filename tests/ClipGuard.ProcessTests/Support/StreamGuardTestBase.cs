using ClipGuard.Streams;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Support;

/// <summary>Tests that share a guard and a folder of clips.</summary>
internal abstract class StreamGuardTestBase
{
    /// <summary>The clips.</summary>
    protected MediaFolder Media { get; private set; } = null!;

    /// <summary>The guard.</summary>
    protected StreamGuard Guard { get; private set; } = null!;

    [OneTimeSetUp]
    public void Start()
    {
        Media = new MediaFolder();
        Guard = new StreamGuard(StreamTestRig.Options);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await Guard.DisposeAsync();
        Media.Dispose();
    }
}
