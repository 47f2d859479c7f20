using System.Text.RegularExpressions;

using ClipGuard.Media;
using ClipGuard.Media.Wire;
using ClipGuard.Streams;
using ClipGuard.Streams.Sessions;
using ClipGuard.Supervision.Processes;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>What the kinds of fault mean is said once, and documents and checks say the same.</summary>
internal sealed partial class FaultKindTests
{
    private static readonly FaultKind[] Kinds = Enum.GetValues<FaultKind>();
    private static readonly ToolFaultKind[] ToolKinds = Enum.GetValues<ToolFaultKind>();
    private static readonly FaultKind[] Reported = [.. Kinds.Where(kind => FaultKinds.Of(kind).MayBeReported)];

    [Test]
    public void Every_kind_has_a_meaning()
    {
        Assert.Multiple(() =>
        {
            foreach (FaultKind kind in Kinds)
            {
                Assert.That(() => FaultKinds.Of(kind), Throws.Nothing, kind.ToString());
            }

            foreach (ToolFaultKind kind in ToolKinds)
            {
                Assert.That(() => ToolFaultKinds.Of(kind), Throws.Nothing, kind.ToString());
            }
        });
        Assert.That(() => FaultKinds.Of((FaultKind)Kinds.Length), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => ToolFaultKinds.Of((ToolFaultKind)99), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Each_kind_of_a_decode_is_the_tool_runs_of_the_same_name_and_the_others_are_a_hundred_and_above()
    {
        Assert.That(Kinds.Select(kind => ToolFaultKinds.From(kind).ToString()), Is.EqualTo(Kinds.Select(kind => kind.ToString())));
        Assert.That(ToolKinds.Where(kind => (int)kind < 100), Is.EqualTo(Kinds.Select(ToolFaultKinds.From)));
        Assert.That(Kinds.Select(kind => ToolFaultKinds.Of(ToolFaultKinds.From(kind))), Is.EqualTo(Kinds.Select(FaultKinds.Of)));
    }

    [Test]
    public void What_is_tried_once_more_is_what_may_have_been_bad_luck()
    {
        FaultKind[] retried = [.. Kinds.Where(kind => FaultKinds.Of(kind).IsRetried(isOutOfMemory: false))];
        Assert.That(retried, Is.EqualTo(new[] { FaultKind.TimedOut, FaultKind.Stalled, FaultKind.Crashed, FaultKind.ProtocolViolated }));
        Assert.That(Kinds.Where(kind => FaultKinds.Of(kind).IsRetried(isOutOfMemory: true)), Is.EqualTo(retried.Prepend(FaultKind.LimitExceeded)));
        Assert.That(ToolKinds.Where(kind => (int)kind >= 100 && ToolFaultKinds.Of(kind).IsRetried(isOutOfMemory: true)), Is.Empty);
    }

    [Test]
    public void A_helper_is_believed_in_the_kinds_that_it_may_report_and_in_no_other([Values] FaultKind kind)
    {
        var fault = new DecoderFault(kind, DecodeStage.Decode, "found");
        Assert.That(MessageCheck.Find(fault), FaultKinds.Of(kind).MayBeReported ? Is.Null : Does.Contain($"found {kind}"));
        Assert.That(StreamReplyCheck.Find(new StreamWrittenMessage(1) { Fault = fault }, format: null), Is.EqualTo(MessageCheck.Find(fault)));
    }

    [Test]
    public void A_kind_that_there_is_not_is_not_believed() =>
        Assert.That(MessageCheck.Find(new DecoderFault((FaultKind)77, DecodeStage.Decode, "found")), Does.Contain("found 77"));

    [Test]
    public void The_readmes_table_names_every_verdict()
    {
        string[] rows = [.. Section("README.md", "### Verdicts").Split('\n').Where(static line => line.StartsWith("| `", StringComparison.Ordinal))];
        Assert.That(
            rows.Select(row => Quoted().Match(row).Groups[1].Value), Is.EqualTo(Kinds.Select(kind => kind.ToString()).Prepend("ok").Append("BadManifestLine")));
    }

    [Test]
    public void The_protocol_names_every_kind_that_a_helper_may_report()
    {
        string kinds = File.ReadLines(Full("src/ClipGuard.Media/Protocol.md"))
            .Single(static line => line.StartsWith("* `fault.kind` is ", StringComparison.Ordinal));
        Assert.That(Names(kinds.Split(". ")[0]).Skip(1), Is.EqualTo(Reported.Select(kind => kind.ToString())));
    }

    [Test]
    public void The_streams_readme_says_of_every_kind_what_leads_to_it()
    {
        IEnumerable<string> faults = Section("src/ClipGuard/Streams/README.md", "## Verdicts").Split('\n')
            .Where(static line => line.StartsWith("| ", StringComparison.Ordinal)).Select(static row => row.Split('|')[2])
            .Where(static cell => cell.StartsWith(" `", StringComparison.Ordinal)).SelectMany(Names);
        Assert.That(faults.Distinct().Order(), Is.EqualTo(ToolKinds.Select(kind => kind.ToString()).Order()));
    }

    private static IEnumerable<string> Names(string text) => Quoted().Matches(text).Select(static match => match.Groups[1].Value);

    private static string Section(string file, string heading) => File.ReadAllText(Full(file)).Split($"{heading}\n")[1].Split("\n#")[0];

    private static string Full(string file) => Repository.PathOf(file);

    [GeneratedRegex("`([A-Za-z.]+)`")]
    private static partial Regex Quoted();
}
