using ClipGuard.Streams;

namespace ClipGuard.ProcessTests.Support;

/// <summary>Tests that share two guards: one for what ends by itself, and one that does not wait long for what stalls.</summary>
internal abstract class SharedStreamGuardFixture : LeftoverCheckedFixture
{
    /// <summary>Settings of both guards.</summary>
    protected abstract StreamOptions Options { get; }

    /// <summary>A run that ends well.</summary>
    protected abstract ToolRunSpec GoodRun { get; }

    /// <summary>The guard for what ends by itself.</summary>
    protected StreamGuard Guard { get; private set; } = null!;

    /// <summary>The guard for what stalls.</summary>
    protected StreamGuard Impatient { get; private set; } = null!;

    protected override Task StartOnceAsync() => StreamTestRig.RunOnceAsync(Options, GoodRun);

    protected override Task StartAsync()
    {
        Guard = new StreamGuard(Options);
        Impatient = new StreamGuard(Options with { StallLimit = StreamTestRig.ShortStall });
        return Task.CompletedTask;
    }

    protected override async Task StopAsync()
    {
        await Guard.DisposeAsync();
        await Impatient.DisposeAsync();
    }
}
