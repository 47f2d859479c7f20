using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Supervision;

/// <summary>Helpers that do not start: one clear error, soon, and no clip is blamed.</summary>
[TestFixture]
internal sealed class HelperStartTests
{
    [TestCase("dies", "exit code 7", "this helper dies before it is ready")]
    [TestCase("wrong-version", "version 2", "version 1")]
    [TestCase("nonsense", "no message", "")]
    [TestCase("hangs-up", "closed its end", "")]
    [CancelAfter(60_000)]
    public async Task A_helper_that_cannot_start_is_one_clear_error(string start, string says, string saysToo, CancellationToken cancellation)
    {
        HelperUnavailableException error = Assert.ThrowsAsync<HelperUnavailableException>(
            () => Supervisor.StartAsync(MisbehavingHelperProgram.Options(IsolationMode.Pooled, start), cancellation: cancellation))!;

        Assert.That(error.Message, Does.Contain(says).And.Contain(saysToo));
        Assert.That(error.DecoderMissing, Is.False);
        await Task.CompletedTask;
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_missing_decoder_is_said_with_what_to_do(CancellationToken cancellation)
    {
        HelperUnavailableException error = Assert.ThrowsAsync<HelperUnavailableException>(
            () => Supervisor.StartAsync(MisbehavingHelperProgram.Options(IsolationMode.Pooled, "unready"), cancellation: cancellation))!;

        Assert.That(error.DecoderMissing);
        Assert.That(error.Message, Does.Contain("apt-get install"));
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_helper_that_is_never_ready_is_given_up_at_the_limit(CancellationToken cancellation)
    {
        SupervisorOptions options = MisbehavingHelperProgram.Options(IsolationMode.Pooled, "never-ready") with { StartLimit = TimeSpan.FromSeconds(2) };
        HelperUnavailableException error = Assert.ThrowsAsync<HelperUnavailableException>(
            () => Supervisor.StartAsync(options, cancellation: cancellation))!;

        Assert.That(error.Message, Does.Contain("not ready within 2 s"));
    }

    [TestCase("/nowhere/helper", "No such file")]
    [TestCase("/etc/passwd", "Permission denied")]
    [CancelAfter(60_000)]
    public void A_program_that_cannot_be_run_is_named(string path, string says, CancellationToken cancellation)
    {
        SupervisorOptions options = MisbehavingHelperProgram.Options(IsolationMode.Pooled) with { HelperPath = path };
        HelperUnavailableException error = Assert.ThrowsAsync<HelperUnavailableException>(
            () => Supervisor.StartAsync(options, cancellation: cancellation))!;

        Assert.That(error.Message, Does.Contain(path).And.Contain(says));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_slow_start_is_waited_for(CancellationToken cancellation)
    {
        await using Supervisor supervisor = await Supervisor.StartAsync(
            MisbehavingHelperProgram.Options(IsolationMode.Pooled, "slow:1500"), cancellation: cancellation);

        Assert.That(supervisor.HelperVersion, Is.EqualTo("MisbehavingHelper 1"));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_very_slow_start_is_told_of_once_for_each_helper_and_waited_for(CancellationToken cancellation)
    {
        using var log = new RecordingLog();
        SupervisorOptions options = MisbehavingHelperProgram.Options(IsolationMode.Pooled, "slow:2500") with
        {
            Workers = 1,
            Spares = 0,
            SlowStart = TimeSpan.FromSeconds(1),
        };
        await using Supervisor supervisor = await Supervisor.StartAsync(options, log, cancellation);

        Assert.That(log.Lines.Count(static line => line.Contains("not ready after 1 s", StringComparison.Ordinal)), Is.EqualTo(1));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_helper_has_no_more_of_this_process_than_it_needs(CancellationToken cancellation)
    {
        Environment.SetEnvironmentVariable("CLIPGUARD_TEST_SECRET", "not for helpers");
        HashSet<int> before = Leftovers.Children();
        await using Supervisor supervisor = await Supervisor.StartAsync(
            MisbehavingHelperProgram.Options(IsolationMode.Pooled) with
            {
                Workers = 1,
                Spares = 0,
                HelperEnvironment = new Dictionary<string, string> { ["MINE"] = "1" },
            },
            cancellation: cancellation);
        int helper = Leftovers.Children().Except(before).Single();
        string[] environment = File.ReadAllText($"/proc/{helper}/environ").Split('\0', StringSplitOptions.RemoveEmptyEntries);

        // glibc (seen in 2.36) ends every setting in GLIBC_TUNABLES with a zero, where it stood, so that the kernel shows the second one as a variable.
        environment = [.. environment.Where(static variable => !variable.StartsWith("glibc.", StringComparison.Ordinal))];
        string limits = await File.ReadAllTextAsync($"/proc/{helper}/limits", cancellation);

        string[] known =
        [
            "DOTNET_EnableDiagnostics", "DOTNET_TieredPGO", "DOTNET_EnableWriteXorExecute", "GLIBC_TUNABLES", "DOTNET_ROOT", "LD_LIBRARY_PATH", "TMPDIR",
            "CLIPGUARD_PROTOCOL", "CLIPGUARD_PROFILE", "CLIPGUARD_SANDBOX", "CLIPGUARD_MEMORY_BYTES", "MINE",
        ];
        Assert.That(environment.Select(static variable => variable[..variable.IndexOf('=')]), Is.SubsetOf(known));
        Assert.That(limits, Does.Match(@"Max core file size +0 +0"));
        Assert.That(limits, Does.Not.Match(@"Max data size +unlimited"));
        Assert.That(File.ReadAllText($"/proc/{helper}/oom_score_adj").Trim(), Is.EqualTo("1000"));
    }
}
