using ClipGuard.Media;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Supervision;

/// <summary>Assemblies with audio decoders that cannot be loaded or were not asked for: never a clip's fault.</summary>
[CancelAfter(60_000)]
internal sealed class AudioDecoderLoadingTests
{
    [Test]
    public void An_assembly_that_is_not_there_is_said_by_the_helper([Values(IsolationMode.Pooled, IsolationMode.InProcess)] IsolationMode isolation)
    {
        HelperUnavailableException? problem = Assert.ThrowsAsync<HelperUnavailableException>(() => StartAsync(isolation, "/nowhere/Some.Decoder.dll"));
        Assert.That(problem!.Message, Does.Contain("/nowhere/Some.Decoder.dll"));
        Assert.That(problem.DecoderMissing);
    }

    [Test]
    public void An_assembly_without_a_decoder_is_said_by_the_helper([Values(IsolationMode.Pooled, IsolationMode.InProcess)] IsolationMode isolation)
    {
        HelperUnavailableException? problem = Assert.ThrowsAsync<HelperUnavailableException>(() => StartAsync(isolation, typeof(Supervisor).Assembly.Location));
        Assert.That(problem!.Message, Does.Contain("holds no audio decoder"));
    }

    [Test]
    public void A_path_that_is_not_absolute_is_a_wrong_setting() =>
        Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => StartAsync(IsolationMode.Pooled, "Some.Decoder.dll"));

    [Test]
    public async Task A_request_for_a_decoder_that_is_not_loaded_is_a_mistake_of_the_program(
        [Values(IsolationMode.Pooled, IsolationMode.InProcess)] IsolationMode isolation)
    {
        await using Supervisor supervisor = await StartAsync(isolation);
        var request = new DecodeRequest(new MemorySource(Wave.Ramp(16_000, 10)), new AudioSpec { Decoder = "Some.Decoder" });
        Assert.That(async () => await supervisor.DecodeAsync(request), Throws.ArgumentException.With.Message.Contains("Some.Decoder"));
    }

    private static Task<Supervisor> StartAsync(IsolationMode isolation, params string[] assemblies) => Supervisor.StartAsync(new SupervisorOptions
    {
        Isolation = isolation,
        HelperPath = PublishedCommand.HelperProgram,
        Workers = 1,
        Spares = 0,
        AudioDecoders = assemblies,
    });
}
