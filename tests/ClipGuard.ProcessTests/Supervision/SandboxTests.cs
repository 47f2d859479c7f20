using System.Runtime.InteropServices;

using ClipGuard.Media;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Supervision;

/// <summary>Ways out of the sandbox, each tried from inside it.</summary>
[TestFixture(SandboxLevel.Standard)]
[TestFixture(SandboxLevel.Strict)]
internal sealed class SandboxTests(SandboxLevel level)
{
    private const int EPERM = 1;
    private const int EACCES = 13;

    private Supervisor _supervisor = null!;

    [OneTimeSetUp]
    public async Task Start() =>
        _supervisor = await Supervisor.StartAsync(TestHelper.Options(Isolation.Pooled) with { Sandbox = level, Workers = 1, Spares = 0 });

    [OneTimeTearDown]
    public ValueTask Stop() => _supervisor.DisposeAsync();

    [Test]
    public void The_level_in_force_is_the_one_asked_for() => Assert.That(_supervisor.Sandbox, Is.EqualTo(level));

    [TestCase("write", EACCES)]
    [TestCase("overwrite", EACCES)]
    [TestCase("remove", EACCES)]
    [TestCase("mode", EPERM)]
    [TestCase("socket", EPERM)]
    [TestCase("program", EPERM)]
    [TestCase("process", EPERM)]
    [TestCase("trace", EPERM)]
    [TestCase("read-parent", EPERM)]
    [TestCase("open-parent-memory", EACCES)]
    [TestCase("signal", EPERM)]
    [TestCase("signal-by-descriptor", EPERM)]
    [TestCase("priority", EPERM)]
    [TestCase("descriptors", 0)]
    [CancelAfter(30_000)]
    public async Task There_is_no_way_out(string way, int error, CancellationToken cancellation)
    {
        // What landlock refuses, the filter of the strict level may have refused before.
        int refusal = await TryAsync(_supervisor, way, cancellation);
        Assert.That(refusal, level == SandboxLevel.Strict && error == EACCES ? Is.EqualTo(EACCES).Or.EqualTo(EPERM) : Is.EqualTo(error));
    }

    [TestCase("socket")]
    [TestCase("signal")]
    [TestCase("signal-by-descriptor")]
    [TestCase("mode")]
    [CancelAfter(30_000)]
    public async Task Without_the_sandbox_the_same_way_is_open(string way, CancellationToken cancellation)
    {
        await using Supervisor open = await Supervisor.StartAsync(
            TestHelper.Options(Isolation.Pooled) with { Sandbox = SandboxLevel.Off, Workers = 1, Spares = 0 }, cancellation: cancellation);

        Assert.That(open.Sandbox, Is.EqualTo(SandboxLevel.Off));
        Assert.That(await TryAsync(open, way, cancellation), Is.LessThanOrEqualTo(0));
    }

    private static async Task<int> TryAsync(Supervisor supervisor, string way, CancellationToken cancellation)
    {
        using DecodeOutcome outcome = await supervisor.DecodeAsync(TestHelper.Script($"inside:{way}"), cancellation);
        Assert.That(outcome.IsClip, () => outcome.Fault!.Message);
        return (int)MemoryMarshal.Read<float>(outcome.Payload);
    }
}
