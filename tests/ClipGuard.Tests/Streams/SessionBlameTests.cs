using ClipGuard.Media;
using ClipGuard.Media.Native;
using ClipGuard.Media.Streams;
using ClipGuard.Streams;
using ClipGuard.Streams.Sessions;
using ClipGuard.Supervision;
using ClipGuard.Supervision.Processes;

using NUnit.Framework;

namespace ClipGuard.Tests.Streams;

/// <summary>From what happened to each member of a session to who is to blame, with every fact given.</summary>
[TestFixture]
internal sealed class SessionBlameTests
{
    private const long MemoryLimit = 1_000_000;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(4);

    private static readonly StreamStatus Unready = new("a");
    private static readonly StreamStatus Opening = new("b") { IsHelperReady = true, Stage = DecodeStage.Probe };
    private static readonly StreamStatus Decoding = new("c") { IsHelperReady = true, IsThere = true, Stage = DecodeStage.Decode, WrittenBytes = 7 };
    private static readonly StreamStatus Unopened = new("d") { IsHelperReady = true, IsThere = true, Stage = DecodeStage.Write, WaitsForReader = true };
    private static readonly StreamStatus Unread = Unopened with { Name = "e", WrittenBytes = 65536 };
    private static readonly StreamStatus Written = Unopened with { Name = "f", IsWritten = true, WaitsForReader = false, WrittenBytes = 99 };

    [Test]
    public void A_stream_that_is_not_there_in_time_is_to_blame_once_its_helper_was_ready()
    {
        Assert.That(
            SessionBlame.OfTimeOver(ToolSessionState.Opening, Limit, [Decoding, Opening, Unready]),
            Is.EqualTo(new SessionFailureCause.OfStream("b", ToolFaultKind.TimedOut, "The stream 'b' was not there within 4 s; 'b' was in stage Probe.")));
    }

    [Test]
    public void A_helper_or_guardian_that_is_not_ready_in_time_is_nobodys_fault()
    {
        Assert.That(
            Failure(SessionBlame.OfTimeOver(ToolSessionState.Opening, Limit, [Unready, Opening])), Is.EqualTo("The helper of 'a' was not ready within 4 s."));
        Assert.That(
            Failure(SessionBlame.OfTimeOver(ToolSessionState.Opening, Limit, [Decoding, Unopened])),
            Is.EqualTo("The guardian of a tool run was not ready within 4 s."));
    }

    [TestCase(ToolSessionState.Filling)]
    [TestCase(ToolSessionState.Running)]
    public void At_the_deadline_the_first_stream_is_to_blame_that_waits_for_nobody(object state)
    {
        Assert.That(
            SessionBlame.OfTimeOver((ToolSessionState)state, Limit, [Unread, Decoding, Decoding with { Name = "g" }]),
            Is.EqualTo(new SessionFailureCause.OfStream("c", ToolFaultKind.TimedOut, "Not done within 4 s; 'c' was in stage Decode.")));
    }

    [Test]
    public void A_stream_whose_reader_has_taken_everything_is_held_up_by_its_own_clip()
    {
        StreamStatus between = Decoding with { Stage = DecodeStage.Write };
        Assert.That(
            SessionBlame.OfStall(Limit, [Unopened, between]),
            Is.EqualTo(new SessionFailureCause.OfStream("c", ToolFaultKind.Stalled, "Nothing moved for 4 s; 'c' was in stage Write.")));
    }

    [Test]
    public void Where_every_stream_waits_for_its_reader_or_is_whole_it_is_the_tool()
    {
        Assert.That(
            SessionBlame.OfStall(Limit, [Unopened, Unread, Written]),
            Is.EqualTo(new SessionFailureCause.OfTool(
                ToolFaultKind.Stalled, "Nothing moved for 4 s; nobody opened 'd', after 65536 bytes nobody read on in 'e', 'f' was written whole.")));
        Assert.That(
            SessionBlame.OfTimeOver(ToolSessionState.Running, Limit, [Written]),
            Is.EqualTo(new SessionFailureCause.OfTool(ToolFaultKind.TimedOut, "Not done within 4 s; 'f' was written whole.")));
    }

    [Test]
    public void Who_is_late_is_named()
    {
        Assert.That(SessionBlame.WhoIsLate([Decoding, Unopened]), Is.EqualTo("The guardian is"));
        Assert.That(SessionBlame.WhoIsLate([Decoding, Opening]), Is.EqualTo("The stream 'b' is"));
        Assert.That(SessionBlame.WhoIsLate([Unready, Opening, Written]), Is.EqualTo("The streams 'a' and 'b' are"));
    }

    [Test]
    public void A_helper_that_dies_of_itself_is_the_streams_crash()
    {
        var exit = new ProcessExit { Signal = 11 };
        Assert.That(
            HelperEnd(Decoding, exit),
            Is.EqualTo(new SessionFailureCause.OfStream("c", ToolFaultKind.Crashed, "The helper of 'c' died of SIGSEGV in stage Decode.") { Exit = exit }));
    }

    [Test]
    public void One_that_dies_before_it_was_ready_is_nobodys_fault()
    {
        Assert.That(
            Failure(HelperEnd(Unready, new ProcessExit { Code = 7 }, "no library", "none at all")),
            Is.EqualTo("The helper of 'a' ended with exit code 7 before it was ready. It wrote: no library none at all"));
        Assert.That(Failure(HelperEnd(Unready, new ProcessExit { Signal = 11 })), Is.EqualTo("The helper of 'a' died of SIGSEGV before it was ready."));
    }

    [Test]
    public void Nor_is_one_that_somebody_else_killed()
    {
        Assert.That(
            Failure(HelperEnd(Decoding, new ProcessExit { Signal = Libc.SIGKILL })),
            Is.EqualTo("The helper of 'c' died of SIGKILL in stage Decode, which was not ClipGuard's doing."));
    }

    [Test]
    public void A_work_file_over_its_limit_and_memory_over_its_limit_are_the_streams()
    {
        var exit = new ProcessExit { Signal = Libc.SIGXFSZ };
        Assert.That(
            HelperEnd(Decoding, exit),
            Is.EqualTo(new SessionFailureCause.OfStream("c", ToolFaultKind.LimitExceeded, "The work file of 'c' is over its limit.") { Exit = exit }));

        SessionFailureCause memory = SessionBlame.OfHelperEnd(
            Decoding, new ProcessExit { Signal = 6 }, [], new PostMortem { PeakMemoryBytes = MemoryLimit }, MemoryLimit, NoKills());
        Assert.That(memory, Is.InstanceOf<SessionFailureCause.OfStream>());
        Assert.That(((SessionFailureCause.OfStream)memory).Kind, Is.EqualTo(ToolFaultKind.LimitExceeded));
        Assert.That(((SessionFailureCause.OfStream)memory).IsOutOfMemory);
    }

    [Test]
    public void A_guardian_that_ends_is_nobodys_fault() => Assert.That(
        Failure(SessionBlame.OfGuardianEnd(new ProcessExit { Signal = Libc.SIGKILL }, [])),
        Is.EqualTo("The guardian of a tool run died of SIGKILL, which was not ClipGuard's doing."));

    [Test]
    public void A_tool_that_read_everything_and_ended_well_is_to_blame_for_nothing() =>
        Assert.That(ToolEnd(new ProcessExit { Code = 0 }, Whole("a"), Whole("b")), Is.Null);

    [Test]
    public void A_tools_exit_counts_as_the_run_says()
    {
        Assert.That(
            ToolEnd(new ProcessExit { Code = 3 }, Whole("a"), Whole("b")),
            Is.EqualTo(new SessionFailureCause.OfTool(ToolFaultKind.ToolFailed, "The tool ended with exit code 3.")));
        Assert.That(
            ToolEnd(new ProcessExit { Signal = 11 }, Whole("a"), Whole("b")),
            Is.EqualTo(new SessionFailureCause.OfTool(ToolFaultKind.ToolFailed, "The tool died of SIGSEGV.")));
        Assert.That(ToolEnd(Run with { SuccessCodes = [0, 3] }, new ProcessExit { Code = 3 }, Whole("a"), Whole("b")), Is.Null);
    }

    [Test]
    public void A_tool_that_ends_well_has_read_everything_unless_it_need_not()
    {
        StreamReport[] reports =
        [
            new StreamReport("a") { Bytes = 0 }, Whole("b") with { UnreadBytes = 30 }, new StreamReport("c") { Bytes = 70, UnreadBytes = 20 },
        ];
        Assert.That(
            ToolEnd(new ProcessExit { Code = 0 }, reports),
            Is.EqualTo(new SessionFailureCause.OfTool(
                ToolFaultKind.ToolFailed,
                "The tool ended with exit code 0 and had not read everything: it never opened 'a', of 'b' it read 70 bytes and there were 100, "
                + "of 'c' it read 50 bytes and there were more than 70.")));
        Assert.That(ToolEnd(Run with { PartialReading = true }, new ProcessExit { Code = 0 }, reports), Is.Null);
        Assert.That(
            ToolEnd(Run with { AnyLength = true }, new ProcessExit { Code = 0 }, reports),
            Is.InstanceOf<SessionFailureCause.OfTool>(),
            "no stream was read to its end");
        Assert.That(ToolEnd(Run with { AnyLength = true }, new ProcessExit { Code = 0 }, reports[0], reports[1], Whole("c")), Is.Null);
    }

    [Test]
    public void Lengths_that_differ_are_found_before_anything_that_the_tool_did()
    {
        ToolRunSpec run = Run with
        {
            Streams = [Run.Streams[0], Run.Streams[1] with { Spec = new VideoStreamSpec { FitTo = "a" } }],
        };
        Assert.That(
            ToolEnd(run, new ProcessExit { Code = 3 }, Whole("a"), Whole("b") with { FrameCount = 9 }),
            Is.EqualTo(new SessionFailureCause.OfStream("b", ToolFaultKind.Mismatched, "'b' has 9 frames, and 'a' has 10 frames.")));
    }

    private static ToolRunSpec Run { get; } = new(
        new ToolCommand("cat", ["{a}", "{b}", "{c}"]),
        [.. ((string[])["a", "b", "c"]).Select(name => new ClipStream(name, new FileSource($"/clips/{name}"), new VideoStreamSpec()))]);

    private static StreamReport Whole(string name) => new(name) { FrameCount = 10, Bytes = 100, IsWhole = true };

    private static SessionFailureCause? ToolEnd(ProcessExit exit, params StreamReport[] reports) => ToolEnd(Run, exit, reports);

    private static SessionFailureCause? ToolEnd(ToolRunSpec run, ProcessExit exit, params StreamReport[] reports) =>
        SessionBlame.OfToolEnd(run, exit, new ClipShape?[reports.Length], reports);

    private static SessionFailureCause HelperEnd(StreamStatus stream, ProcessExit exit, params string[] wrote) =>
        SessionBlame.OfHelperEnd(stream, exit, wrote, new PostMortem(), MemoryLimit, NoKills());

    private static string Failure(SessionFailureCause cause)
    {
        Assert.That(cause, Is.InstanceOf<SessionFailureCause.InfrastructureFailure>());
        Assert.That(((SessionFailureCause.InfrastructureFailure)cause).Error, Is.InstanceOf<HelperUnavailableException>());
        return ((SessionFailureCause.InfrastructureFailure)cause).Error.Message;
    }

    private static MemoryKills NoKills() => new(static () => 0, TimeProvider.System);
}
