using NUnit.Framework;

namespace ClipGuard.ProcessTests.Support;

/// <summary>Tests that share what they start, and leave nothing behind once it was stopped.</summary>
internal abstract class LeftoverCheckedFixture
{
    private Leftovers _before = null!;

    [OneTimeSetUp]
    public async Task Begin()
    {
        // The process-wide spawner opens /dev/null once and for good, so it must be there before the count.
        await StartOnceAsync();
        _before = new Leftovers();
        await StartAsync();
    }

    [OneTimeTearDown]
    public async Task End()
    {
        await StopAsync();
        Assert.That(_before.Find(), Is.Empty);
    }

    /// <summary>Starts a process and ends it again. What stays for the life of this process comes with it.</summary>
    protected abstract Task StartOnceAsync();

    /// <summary>Starts what the tests share.</summary>
    protected abstract Task StartAsync();

    /// <summary>Stops it.</summary>
    protected abstract Task StopAsync();
}
