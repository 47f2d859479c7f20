using ClipGuard.Media;
using ClipGuard.Media.Streams;
using ClipGuard.Streams;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Streams;

/// <summary>Tools that treat their inputs in every way, each opening them in both orders: the right verdict, and nothing left of the session.</summary>
[TestFixture]
internal sealed class ScriptedToolTests : SharedStreamGuardFixture
{
    // More than a pipe holds.
    private const long FrameBytes = 320 * 240 * 3 / 2;
    private const int Frames = 50;

    private readonly MediaFolder _media = new();
    private FileSource _clip = null!;

    protected override StreamOptions Options => StreamTestRig.Options;

    protected override ToolRunSpec GoodRun => StreamTestRig.Run("in-step", false, _clip, _clip);

    protected override Task StartOnceAsync()
    {
        _clip = new FileSource(_media.Make("clip.mkv", $"-f lavfi -i testsrc2=size=320x240:rate=25 -frames:v {Frames} -pix_fmt yuv420p -c:v ffv1"));
        return base.StartOnceAsync();
    }

    [OneTimeTearDown]
    public void Remove() => _media.Dispose();

    [TestCase("in-step", true)]
    [TestCase("in-step", false)]
    [TestCase("in-turn", true)]
    [TestCase("in-turn", false)]
    [CancelAfter(120_000)]
    public async Task However_it_reads_it_gets_everything(string tool, bool distortedFirst, CancellationToken cancellation)
    {
        ToolOutcome outcome = await RunAsync(tool, distortedFirst, cancellation);

        Assert.That(outcome.Fault, Is.Null, () => outcome.Fault!.Message);
        Assert.That(outcome.StandardOutput.Text.Trim(), Is.EqualTo($"{Frames * FrameBytes} {Frames * FrameBytes}"));
        Assert.That(outcome.ExitCode, Is.Zero);
        Assert.That(outcome.Streams, Has.All.Matches<StreamReport>(stream => stream is { FrameCount: Frames, IsWhole: true, UnreadBytes: 0 }));
    }

    [TestCase("exit:3", ToolFaultKind.ToolFailed, "exit code 3")]
    [TestCase("segv", ToolFaultKind.ToolFailed, "SIGSEGV")]
    [TestCase("never-opens", ToolFaultKind.ToolFailed, "never opened 'reference'")]
    [TestCase("part:2000000", ToolFaultKind.ToolFailed, "had not read everything: of 'reference' it read 2000000 bytes")]
    [TestCase("part:5759999", ToolFaultKind.ToolFailed, "read 5759999 bytes and there were 5760000")]
    [TestCase("sleeps", ToolFaultKind.Stalled, "nobody opened 'reference'")]
    [TestCase("ignores-sigterm", ToolFaultKind.Stalled, "nobody opened 'distorted'")]
    [TestCase("never-reads", ToolFaultKind.Stalled, "nobody read on in 'reference'")]
    [TestCase("stops-reading", ToolFaultKind.Stalled, "nobody read on in 'distorted'")]
    [TestCase("daemon-and-sleeps:31415", ToolFaultKind.Stalled, "Nothing moved")]
    [CancelAfter(120_000)]
    public async Task What_it_does_wrong_is_its_fault(string tool, ToolFaultKind kind, string says, CancellationToken cancellation)
    {
        await StreamTestRig.InBothOrdersAsync(async distortedFirst =>
        {
            ToolOutcome outcome = await Impatient.RunAsync(StreamTestRig.Run(tool, distortedFirst, _clip, _clip), cancellation);

            Assert.That(outcome.Fault, Is.Not.Null);
            Assert.That(outcome.Fault!.Kind, Is.EqualTo(kind), outcome.Fault.Message);
            Assert.That(outcome.Fault.Culprit, Is.EqualTo(ToolFault.Tool));
            Assert.That(outcome.Fault.Message, Does.Contain(says));
        });
        AssertNobodySleeps();
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task One_that_works_for_ever_meets_the_deadline(CancellationToken cancellation)
    {
        // Three processes and the tool have to start in it.
        await using var guard = new StreamGuard(StreamTestRig.Options with { Deadline = TimeSpan.FromSeconds(5), StallLimit = StreamTestRig.ShortStall });
        ToolOutcome outcome = await guard.RunAsync(StreamTestRig.Run("spins", false, _clip, _clip), cancellation);

        Assert.That(outcome.Fault?.Kind, Is.EqualTo(ToolFaultKind.TimedOut), outcome.Fault?.Message);
        Assert.That(outcome.Fault!.PostMortem.CpuTime, Is.GreaterThan(TimeSpan.Zero));
    }

    [TestCase("grandchild:31415", true)]
    [TestCase("grandchild:31415", false)]
    [TestCase("daemon:31415", true)]
    [TestCase("daemon:31415", false)]
    [CancelAfter(120_000)]
    public async Task What_it_leaves_behind_is_ended_and_counted(string tool, bool distortedFirst, CancellationToken cancellation)
    {
        ToolOutcome outcome = await RunAsync(tool, distortedFirst, cancellation);

        Assert.That(outcome.Fault, Is.Null, () => outcome.Fault!.Message);
        Assert.That(outcome.LeftBehindCount, Is.EqualTo(1));
        AssertNobodySleeps();
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task A_flood_of_output_is_drained_and_bounded(CancellationToken cancellation)
    {
        ToolOutcome outcome = await RunAsync("floods:20000", distortedFirst: false, cancellation);

        Assert.That(outcome.Fault, Is.Null, () => outcome.Fault!.Message);
        Assert.That(outcome.StandardOutput.IsCut);
        Assert.That(outcome.StandardOutput.TotalBytes, Is.GreaterThan(20_000 * 1024));
        Assert.That(outcome.StandardOutput.Text, Has.Length.EqualTo(StreamTestRig.Options.OutputBytes).And.Contains("the end"));
        Assert.That(outcome.StandardError.IsCut);
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Reading_a_part_can_be_allowed(CancellationToken cancellation)
    {
        ToolOutcome outcome = await Guard.RunAsync(StreamTestRig.Run("part:2000000", false, _clip, _clip) with { PartialReading = true }, cancellation);

        Assert.That(outcome.Fault, Is.Null, () => outcome.Fault!.Message);
        Assert.That(outcome.Streams[0].Bytes - outcome.Streams[0].UnreadBytes, Is.EqualTo(2_000_000));
    }

    [Test]
    [CancelAfter(120_000)]
    public void Cancelling_ends_the_whole_session(CancellationToken cancellation)
    {
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task<ToolOutcome> run = Guard.RunAsync(StreamTestRig.Run("daemon-and-sleeps:31415", false, _clip, _clip), caller.Token);
        caller.CancelAfter(TimeSpan.FromSeconds(1));

        Assert.ThrowsAsync(Is.InstanceOf<OperationCanceledException>(), () => run);
        AssertNobodySleeps();
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Work_files_are_whole_before_the_tool_starts(CancellationToken cancellation)
    {
        await using var guard = new StreamGuard(StreamTestRig.Options with { WorkFiles = true });
        ToolOutcome outcome = await guard.RunAsync(StreamTestRig.Run("in-turn", true, _clip, _clip), cancellation);

        Assert.That(outcome.Fault, Is.Null, () => outcome.Fault!.Message);
        Assert.That(outcome.StandardOutput.Text.Trim(), Is.EqualTo($"{Frames * FrameBytes} {Frames * FrameBytes}"));
    }

    [TestCase("echo found > \"$3\"", "found\n")]
    [TestCase("echo found > \"$3.other\"; ln -s \"$3.other\" \"$3\"", "found\n")]
    [TestCase("mkfifo \"$3\"", "")]
    [TestCase("mkfifo \"$3.other\"; ln -s \"$3.other\" \"$3\"", "")]
    [TestCase("ln -s /dev/zero \"$3\"", "")]
    [TestCase("mkdir \"$3\"", "")]
    [CancelAfter(120_000)]
    public async Task Its_output_is_read_where_it_is_a_file(string leaves, string output, CancellationToken cancellation)
    {
        ToolRunSpec run = StreamTestRig.Run("in-step", false, _clip, _clip) with
        {
            Tool = new ToolCommand("sh", ["-c", $"cat \"$1\" \"$2\" > /dev/null; {leaves}", "sh", "{reference}", "{distorted}", "{output}"]),
        };
        ToolOutcome outcome = await Guard.RunAsync(run, cancellation).WaitAsync(cancellation);

        Assert.That(outcome.Fault, Is.Null, () => outcome.Fault!.Message);
        Assert.That((outcome.Output.Text, outcome.Output.TotalBytes), Is.EqualTo((output, (long)output.Length)));
    }

    [TestCase(SandboxLevel.Strict)]
    [TestCase(SandboxLevel.Standard)]
    [TestCase(SandboxLevel.Off)]
    [CancelAfter(120_000)]
    public async Task A_work_file_has_a_limit(SandboxLevel sandbox, CancellationToken cancellation)
    {
        await using var guard = new StreamGuard(StreamTestRig.Options with { WorkFiles = true, WorkFileBytes = 1 << 20, Sandbox = sandbox });
        ToolOutcome outcome = await guard.RunAsync(StreamTestRig.Run("in-turn", true, _clip, _clip), cancellation);

        Assert.That(outcome.Fault?.Kind, Is.EqualTo(ToolFaultKind.LimitExceeded), outcome.Fault?.Message);
    }

    [TestCase(SandboxLevel.Strict, false)]
    [TestCase(SandboxLevel.Strict, true)]
    [TestCase(SandboxLevel.Off, false)]
    [CancelAfter(120_000)]
    public async Task However_tight_the_sandbox_streams_are_the_users_alone(SandboxLevel sandbox, bool workFiles, CancellationToken cancellation)
    {
        await using var guard = new StreamGuard(StreamTestRig.Options with { Sandbox = sandbox, WorkFiles = workFiles });
        ToolRunSpec run = StreamTestRig.Run("in-step", false, _clip, _clip) with
        {
            Tool = new ToolCommand("sh", ["-c", "stat -c '%A' \"$1\" \"$2\"; cat \"$1\" \"$2\" | wc -c", "sh", "{reference}", "{distorted}"]),
        };
        ToolOutcome outcome = await guard.RunAsync(run, cancellation);

        Assert.That(outcome.Fault, Is.Null, () => outcome.Fault!.Message);
        string mode = workFiles ? "-rw-------" : "prw-------";
        Assert.That(outcome.StandardOutput.Text, Is.EqualTo($"{mode}\n{mode}\n{2 * Frames * FrameBytes}\n"));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task A_clip_that_is_too_large_to_be_held_in_memory_leaves_no_helper_behind(CancellationToken cancellation)
    {
        var leftovers = new Leftovers();
        await using (var guard = new StreamGuard(StreamTestRig.Options))
        {
            await guard.RunAsync(StreamTestRig.Run("in-step", false, _clip, _clip), cancellation);

            // The helpers are warm now, and are told of their clips at once.
            ToolOutcome outcome = await guard.RunAsync(StreamTestRig.Run("in-step", false, new MemorySource(new byte[(256 << 20) + 1]), _clip), cancellation);
            Assert.That((outcome.Fault?.Kind, outcome.Fault?.Culprit), Is.EqualTo((ToolFaultKind.LimitExceeded, StreamTestRig.Reference)));
            outcome = await guard.RunAsync(StreamTestRig.Run("in-step", false, _clip, _clip), cancellation);
            Assert.That(outcome.Fault, Is.Null, () => outcome.Fault!.Message);
        }

        Assert.That(leftovers.Find(), Is.Empty);
    }

    [Test]
    [CancelAfter(120_000)]
    public void A_stream_that_cannot_be_made_is_no_fault_of_the_clip(CancellationToken cancellation)
    {
        // No file can have so long a name.
        string name = new('r', 300);
        var run = new ToolRunSpec(new ToolCommand("cat", [$"{{{name}}}"]), [new ClipStream(name, _clip, new VideoStreamSpec())]);
        HelperUnavailableException error = Assert.ThrowsAsync<HelperUnavailableException>(() => Guard.RunAsync(run, cancellation))!;

        Assert.That(error.Message, Does.StartWith("The stream cannot be made: ").And.Contain("File name too long"));
    }

    [Test]
    public void Streams_that_fit_each_other_in_a_circle_are_refused()
    {
        string[] names = ["a", "b", "c"];
        var run = new ToolRunSpec(
            new ToolCommand("cat", ["{a}", "{b}", "{c}"]),
            [.. names.Select((name, at) => new ClipStream(name, _clip, new VideoStreamSpec { FitTo = names[(at + 1) % 3] }))]);
        ArgumentException error = Assert.ThrowsAsync<ArgumentException>(() => Guard.RunAsync(run))!;

        Assert.That(error.Message, Does.StartWith("The stream 'a' is to fit one that is to fit it in turn"));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Streams_may_fit_one_that_fits_another(CancellationToken cancellation)
    {
        var run = new ToolRunSpec(
            new ToolCommand("sh", ["-c", "cat \"$1\" \"$2\" \"$3\" | wc -c", "sh", "{a}", "{b}", "{c}"]),
            [
                new ClipStream("a", _clip, new VideoStreamSpec { Form = VideoStreamFraming.Raw, FitTo = "c" }),
                new ClipStream("b", _clip, new VideoStreamSpec { Form = VideoStreamFraming.Raw, Width = 32, Height = 16 }),
                new ClipStream("c", _clip, new VideoStreamSpec { Form = VideoStreamFraming.Raw, FitTo = "b" }),
            ]);
        ToolOutcome outcome = await Guard.RunAsync(run, cancellation);

        Assert.That(outcome.Fault, Is.Null, () => outcome.Fault!.Message);
        Assert.That(outcome.StandardOutput.Text.Trim(), Is.EqualTo($"{3 * Frames * 32 * 16 * 3 / 2}"));
    }

    [Test]
    public void A_missing_program_is_said_with_what_to_do()
    {
        var run = new ToolRunSpec(new ToolCommand("vmaf-that-is-not-there", ["{reference}"]), [new ClipStream("reference", _clip, new VideoStreamSpec())]);
        ToolUnavailableException error = Assert.ThrowsAsync<ToolUnavailableException>(() => Guard.RunAsync(run))!;

        Assert.That(error.Message, Does.Contain("vmaf-that-is-not-there is not installed"));
    }

    private Task<ToolOutcome> RunAsync(string tool, bool distortedFirst, CancellationToken cancellation) =>
        Guard.RunAsync(StreamTestRig.Run(tool, distortedFirst, _clip, _clip, VideoStreamFraming.Raw), cancellation);

    private static void AssertNobodySleeps() => Assert.That(
        Directory.EnumerateDirectories("/proc").Where(process => ReadOrEmpty(Path.Combine(process, "cmdline")) == "/bin/sleep\u000031415\u0000"),
        Is.Empty,
        "processes that the tool started");

    private static string ReadOrEmpty(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }
}
