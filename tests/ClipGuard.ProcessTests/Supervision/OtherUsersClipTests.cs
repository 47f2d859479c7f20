using System.Diagnostics;

using ClipGuard.Media;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Supervision;

/// <summary>What a helper may still read, and the memory that it may hold.</summary>
[TestFixture]
internal sealed class OtherUsersClipTests
{
    private const int SampleRateHz = 16_000;

    [TestCase(SandboxLevel.Standard)]
    [TestCase(SandboxLevel.Strict)]
    [CancelAfter(60_000)]
    public async Task Root_reads_clips_of_other_users_unless_the_level_is_strict_and_then_it_is_said_why(SandboxLevel level, CancellationToken cancellation)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Ignore("Only root can give a file to another user.");
        }

        string folder = Directory.CreateTempSubdirectory("private-").FullName;
        string clip = Path.Combine(folder, "private.wav");
        await File.WriteAllBytesAsync(Path.Combine(folder, "own.wav"), Wave.Ramp(SampleRateHz, 100), cancellation);
        await Process.Start("install", ["--mode=400", "--owner=65534", Path.Combine(folder, "own.wav"), clip]).WaitForExitAsync(cancellation);
        var options = new SupervisorOptions { HelperPath = PublishedCommand.HelperProgram, Sandbox = level, Workers = 1, Spares = 0 };
        await using Supervisor supervisor = await Supervisor.StartAsync(options, cancellation: cancellation);

        using DecodeOutcome outcome = await supervisor.DecodeAsync(new DecodeRequest(new FileSource(clip), new AudioSpec()), cancellation);

        Assert.That(outcome.IsClip, Is.EqualTo(level == SandboxLevel.Standard), () => outcome.Fault?.Message ?? outcome.Unsettled?.Message ?? "a clip");
        if (level == SandboxLevel.Strict)
        {
            Assert.That(outcome.Unsettled?.Cause, Is.EqualTo(UnsettledCause.Storage));
            Assert.That(outcome.Unsettled!.Message, Does.Contain("CAP_DAC_READ_SEARCH"));
        }
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Shared_memory_counts_as_memory_of_the_helper(CancellationToken cancellation)
    {
        SupervisorOptions options = MisbehavingHelperProgram.Options(IsolationMode.Pooled) with { Sandbox = SandboxLevel.Off, HelperMemoryBytes = 80 << 20 };
        await using Supervisor supervisor = await Supervisor.StartAsync(options, cancellation: cancellation);

        using DecodeOutcome outcome = await supervisor.DecodeAsync(MisbehavingHelperProgram.Script("shares:400"), cancellation);

        Assert.That(outcome.Fault?.Kind, Is.EqualTo(FaultKind.LimitExceeded), () => outcome.Fault?.Message ?? "a clip");
        Assert.That(outcome.Fault!.Message, Does.Contain("memory"));
    }
}
