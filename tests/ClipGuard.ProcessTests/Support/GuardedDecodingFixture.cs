using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Support;

/// <summary>Tests of one isolation mode over helpers that misbehave on request.</summary>
internal abstract class GuardedDecodingFixture : LeftoverCheckedFixture
{
    /// <summary>The supervisor that the tests share.</summary>
    protected Supervisor Shared { get; private set; } = null!;

    /// <summary>The mode that is tested.</summary>
    protected abstract IsolationMode Isolation { get; }

    protected override async Task StartOnceAsync() => await (await Supervisor.StartAsync(MisbehavingHelperProgram.Options(Isolation))).DisposeAsync();

    protected override async Task StartAsync() => Shared = await Supervisor.StartAsync(MisbehavingHelperProgram.Options(Isolation));

    protected override async Task StopAsync() => await Shared.DisposeAsync();

    /// <summary>Asserts that the next decode is a good one.</summary>
    protected static async Task AssertHealthy(Supervisor supervisor, CancellationToken cancellation)
    {
        using DecodeOutcome next = await supervisor.DecodeAsync(MisbehavingHelperProgram.Script("ok:5"), cancellation);
        Assert.That(next.IsClip, () => next.Fault!.Message);
        Assert.That(next.Payload.Length, Is.EqualTo(5 * sizeof(float)));
    }
}
