using System.Globalization;

using ClipGuard.Media;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Supervision;

/// <summary>Helpers that the sandbox does not keep from starting programs: what they started ends with them.</summary>
[TestFixture(IsolationMode.Pooled)]
[TestFixture(IsolationMode.FreshPerDecode)]
internal sealed class HelperDescendantsTests(IsolationMode isolation)
{
    // No other process on the machine sleeps for exactly so long.
    private readonly string _seconds = string.Create(CultureInfo.InvariantCulture, $"300.{Environment.ProcessId}{(int)isolation}");

    [Test]
    [CancelAfter(60_000)]
    public async Task A_grandchild_ends_when_its_helper_has_exited(CancellationToken cancellation)
    {
        using DecodeOutcome outcome = await DecodeAsync("grandchild", MisbehavingHelperProgram.Options(isolation), cancellation);

        // Not the exit code of a start that was refused.
        Assert.That(outcome.Fault?.PostMortem.ExitCode, Is.Zero, () => outcome.Fault?.Message ?? "a clip");
        AssertSleepersEnd();
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_grandchild_with_a_session_of_its_own_ends_when_its_helper_is_killed(CancellationToken cancellation)
    {
        Task<int[]> watching = Task.Run(() => WaitForSleeper(cancellation), cancellation);
        using DecodeOutcome outcome = await DecodeAsync("daemon", MisbehavingHelperProgram.ShortClocks(isolation), cancellation);

        Assert.That(outcome.Fault?.Kind, Is.EqualTo(FaultKind.Stalled), () => outcome.Fault?.Message ?? "a clip");
        Assert.That(await watching, Is.Not.Empty);
        AssertSleepersEnd();
    }

    // They have been sent their signal by now, and end when they next get the processor; by themselves they would end after five minutes.
    private void AssertSleepersEnd() => Assert.That(() => Sleepers(), Is.Empty.After(30_000, 20));

    private async Task<DecodeOutcome> DecodeAsync(string script, SupervisorOptions options, CancellationToken cancellation)
    {
        await using Supervisor supervisor = await Supervisor.StartAsync(options with { Sandbox = SandboxLevel.Off }, cancellation: cancellation);
        return await supervisor.DecodeAsync(MisbehavingHelperProgram.Script($"{script}:{_seconds}"), cancellation);
    }

    private int[] WaitForSleeper(CancellationToken cancellation)
    {
        int[] found;
        while ((found = Sleepers()).Length == 0 && !cancellation.IsCancellationRequested)
        {
            Thread.Sleep(20);
        }

        return found;
    }

    private int[] Sleepers() =>
        [.. Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) ? pid : 0)
            .Where(pid => pid > 0 && CommandLine(pid).Contains($"sleep\0{_seconds}", StringComparison.Ordinal))];

    private static string CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline");
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }
}
