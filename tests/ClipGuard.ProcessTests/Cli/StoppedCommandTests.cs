using System.Diagnostics;

using ClipGuard.DryRuns;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Cli;

/// <summary>Ctrl-C, SIGTERM and SIGKILL in mid-run, while a clip hangs.</summary>
[Parallelizable]
[CancelAfter(60_000)]
public sealed class StoppedCommandTests
{
    // A second where the machine is idle; tests may share it with others.
    private static readonly TimeSpan HelpersEndWithin = TimeSpan.FromSeconds(5);

    private string _folder = null!;
    private string _manifest = null!;
    private string _out = null!;

    [SetUp]
    public void WriteManifest()
    {
        _folder = Directory.CreateTempSubdirectory("clipguard-stopped-").FullName;
        _manifest = Path.Combine(_folder, "manifest.jsonl");
        _out = Path.Combine(_folder, "out");
        File.WriteAllLines(_manifest, [Row("good/tone.wav"), Row("bad/empty.wav"), Row("bad/endless.vgm"), Row("good/tone.flac")]);
    }

    // Clean rows have the name that they are announced under only when they are all there.
    private string Partial => DryRunFiles.Clean(_out) + ".partial";

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    // A scheduler sends the last two to every process of the job, and a script may pass them on once more.
    [TestCase("INT")]
    [TestCase("TERM")]
    [TestCase("USR1")]
    public async Task A_signal_ends_the_run_politely_and_the_next_run_goes_on(string signal)
    {
        using Process process = await StartAndHangAsync();
        if (signal != "INT")
        {
            Signals.Send(signal, [.. PublishedCommand.HelpersOf(process.Id)]);
            await Task.Delay(200, TestContext.CurrentContext.CancellationToken);
            Signals.Send(signal, process.Id);
        }

        Signals.Send(signal, process.Id);
        await process.WaitForExitAsync(TestContext.CurrentContext.CancellationToken);

        Assert.That(process.ExitCode, Is.EqualTo(130));
        Assert.That(File.ReadAllText(DryRunFiles.Summary(_out)), Does.Contain("\"cancelled\": true"));
        Assert.That(File.ReadAllText(DryRunFiles.Journal(_out)), Does.Not.Contain("failedOnce"), "no clip is blamed for a signal");
        Assert.That(DryRunFiles.ReadFaults(DryRunFiles.Faults(_out)).Select(fault => fault.Fault), Is.EqualTo(new[] { "Corrupt" }));
        Assert.That(await ErrorOf(process), Does.Contain("stopping"));

        CommandRun second = PublishedCommand.Run(Environment, [.. Arguments, "--timeout", "60"]);
        Assert.That(second.ExitCode, Is.EqualTo(2), "Another timeout is another run.");
        second = PublishedCommand.Run(Environment, Arguments);
        Assert.That(second.ExitCode, Is.EqualTo(1), second.Error);
        Assert.That(second.Output, Does.Contain("2 rows were done by the run that was interrupted"));
        Assert.That(DryRunFiles.ReadFaults(DryRunFiles.Faults(_out)).Select(fault => fault.Fault), Is.EqualTo(new[] { "Corrupt", "TimedOut" }));
        Assert.That(File.ReadAllLines(DryRunFiles.Clean(_out)), Is.EqualTo(new[] { Row("good/tone.wav"), Row("good/tone.flac") }));
    }

    [Test]
    public async Task A_terminal_that_goes_away_ends_the_run_politely_too()
    {
        if (!System.Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(static folder => File.Exists(Path.Combine(folder, "script"))))
        {
            Assert.Ignore("There is no program script, which makes terminals.");
        }

        // What script makes is a terminal of its own; with script it is gone, and whoever runs on it is told by SIGHUP.
        string command = string.Join(' ', Arguments.Prepend(PublishedCommand.Program).Select(word => $"'{word}'"));
        var start = new ProcessStartInfo("script", ["-qefc", $"exec env --default-signal=HUP {command}", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["TERM"] = "xterm" },
        };
        PublishedCommand.SetEnvironment(start, Environment);
        using Process terminal = Process.Start(start)!;
        _ = terminal.StandardOutput.ReadToEndAsync();
        await UntilItHangsAsync();
        int[] run = [.. PublishedCommand.HelpersOf(terminal.Id)];
        Assert.That(run, Has.Length.EqualTo(1));

        terminal.Kill();
        while (run.Any(PublishedCommand.IsAlive))
        {
            await Task.Delay(10, TestContext.CurrentContext.CancellationToken);
        }

        Assert.That(File.ReadAllText(DryRunFiles.Summary(_out)), Does.Contain("\"cancelled\": true"));
        Assert.That(DryRunFiles.ReadFaults(DryRunFiles.Faults(_out)).Select(fault => fault.Fault), Is.EqualTo(new[] { "Corrupt" }));
    }

    [Test]
    public async Task A_run_that_waits_for_a_pipe_can_be_interrupted()
    {
        string pipe = Path.Combine(_folder, "rows");
        using (var make = Process.Start("mkfifo", [pipe]))
        {
            await make.WaitForExitAsync();
        }

        // No writer: the pipe cannot even be opened.
        using Process process = PublishedCommand.Start(Environment, ["dry-run", pipe, "--out", _out, "--workers", "1"]);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        while (PublishedCommand.HelpersOf(process.Id).Count == 0)
        {
            await Task.Delay(20, TestContext.CurrentContext.CancellationToken);
        }

        Signals.Send("INT", process.Id);
        await process.WaitForExitAsync(TestContext.CurrentContext.CancellationToken);
        Assert.That(process.ExitCode, Is.EqualTo(130), await ErrorOf(process));
    }

    [Test]
    public async Task Rows_come_through_a_pipe_and_a_run_that_waits_for_more_of_them_can_be_interrupted()
    {
        string rows = string.Join('\n', File.ReadLines(_manifest).Take(2));
        string arguments = string.Join(' ', Arguments.Skip(2).Prepend("dry-run -"));
        string command = $"(cat; sleep 600) | exec env --default-signal=INT '{PublishedCommand.Program}' {arguments}";
        var start = new ProcessStartInfo("bash", ["-c", command]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        PublishedCommand.SetEnvironment(start, Environment);
        using Process shell = Process.Start(start)!;
        _ = shell.StandardOutput.ReadToEndAsync();
        await shell.StandardInput.WriteAsync(rows + "\n");
        shell.StandardInput.Close();
        await UntilItHangsAsync();

        int run = PublishedCommand.HelpersOf(shell.Id)
            .Single(id => Leftovers.CommandLine(id).StartsWith(PublishedCommand.Program, StringComparison.Ordinal));
        Signals.Send("INT", run);
        while (PublishedCommand.IsAlive(run))
        {
            await Task.Delay(20, TestContext.CurrentContext.CancellationToken);
        }

        shell.Kill(entireProcessTree: true);
        Assert.That(File.ReadAllText(DryRunFiles.Summary(_out)), Does.Contain("\"cancelled\": true").And.Contain("\"samples\": 2"));
        Assert.That(DryRunFiles.ReadFaults(DryRunFiles.Faults(_out)).Select(fault => fault.Fault), Is.EqualTo(new[] { "Corrupt" }));
    }

    [Test]
    public async Task SIGKILL_leaves_no_helper_and_what_was_found_complete()
    {
        using Process process = await StartAndHangAsync();
        IReadOnlyList<int> helpers = PublishedCommand.HelpersOf(process.Id);
        Assert.That(helpers, Is.Not.Empty);

        process.Kill();
        await process.WaitForExitAsync(TestContext.CurrentContext.CancellationToken);
        long killed = Stopwatch.GetTimestamp();
        while (helpers.Any(PublishedCommand.IsAlive) && Stopwatch.GetElapsedTime(killed) < HelpersEndWithin)
        {
            await Task.Delay(10);
        }

        Assert.That(helpers.Where(PublishedCommand.IsAlive), Is.Empty);
        Assert.That(DryRunFiles.ReadFaults(DryRunFiles.Faults(_out)).Select(fault => fault.Fault), Is.EqualTo(new[] { "Corrupt" }));
        Assert.That(File.ReadAllText(Partial), Is.EqualTo(Row("good/tone.wav") + "\n"));
    }

    private static IReadOnlyDictionary<string, string?> Environment { get; } = new Dictionary<string, string?> { ["MEDIA_DECODE_TIMEOUT"] = "3" };

    private string[] Arguments =>
        ["dry-run", _manifest, "--out", _out, "--root", Repository.PathOf("datasets-sample"), "--workers", "1"];

    private static string Row(string clip) => $$"""{"messages":[{"role":"user","content":"<audio>"}],"audios":["{{clip}}"]}""";

    private static async Task<string> ErrorOf(Process process) => await process.StandardError.ReadToEndAsync();

    // The endless clip is the third, and there is one worker: once the second is recorded, the third hangs.
    private async Task<Process> StartAndHangAsync()
    {
        Process process = PublishedCommand.Start(Environment, Arguments);
        await UntilItHangsAsync();
        return process;
    }

    private async Task UntilItHangsAsync()
    {
        string faults = DryRunFiles.Faults(_out);
        while (!File.Exists(faults) || new FileInfo(faults).Length == 0 || !File.Exists(Partial) || new FileInfo(Partial).Length == 0)
        {
            await Task.Delay(20, TestContext.CurrentContext.CancellationToken);
        }
    }
}
