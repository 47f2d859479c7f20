using ClipGuard.Audio;
using ClipGuard.Media;
using ClipGuard.ProcessTests.Supervision;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Audio;

[TestFixture]
internal sealed class NAudioInPooledHelpers : DecodingContract
{
    protected override IsolationMode Isolation => IsolationMode.Pooled;

    protected override IReadOnlyList<string> AudioDecoders => [NAudioDecoder.AssemblyPath];
}

[TestFixture]
internal sealed class NAudioInFreshHelpers : DecodingContract
{
    protected override IsolationMode Isolation => IsolationMode.FreshPerDecode;

    protected override IReadOnlyList<string> AudioDecoders => [NAudioDecoder.AssemblyPath];
}

[TestFixture]
internal sealed class NAudioInProcess : DecodingContract
{
    protected override IsolationMode Isolation => IsolationMode.InProcess;

    protected override IReadOnlyList<string> AudioDecoders => [NAudioDecoder.AssemblyPath];
}

/// <summary>What a helper with NAudio says of itself, and how it is confined.</summary>
[CancelAfter(60_000)]
internal sealed class NAudioHelperTests
{
    [Test]
    public async Task A_helper_names_what_it_has_loaded_and_is_as_confined_as_others([Values(SandboxLevel.Standard, SandboxLevel.Strict)] SandboxLevel level)
    {
        await using Supervisor supervisor = await StartAsync(new SupervisorOptions { AudioDecoders = [NAudioDecoder.AssemblyPath], Sandbox = level });
        await using Supervisor plain = await StartAsync(new SupervisorOptions { Sandbox = level });
        Assert.That(supervisor.DecoderVersion, Is.EqualTo($"{plain.DecoderVersion}, {new NAudioDecoder().Version}"));
        Assert.That(supervisor.Sandbox, Is.EqualTo(plain.Sandbox));

        var request = new DecodeRequest(new MemorySource(Wave.Ramp(16_000, 100)), new AudioSpec { Decoder = NAudioDecoder.Name });
        using DecodeOutcome outcome = await supervisor.DecodeAsync(request);
        Assert.That(outcome.Clip?.Shape, Is.EqualTo(new[] { 1, 100 }), () => outcome.Fault!.Message);
    }

    private static Task<Supervisor> StartAsync(SupervisorOptions options) =>
        Supervisor.StartAsync(options with { HelperPath = PublishedCommand.HelperProgram, Workers = 1, Spares = 0 });
}
