using System.Text.Json;

using ClipGuard.Media;
using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Processes;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

/// <summary>Which greetings of helpers are believed.</summary>
public sealed class MessageCheckTests
{
    private static readonly ReadyMessage Good = new(WireProtocol.Version, "worker 1", "decord 0.6", SandboxLevel.Standard) { Kinds = ["video"] };

    public static IEnumerable<TestCaseData> Wrong =>
    [
        new TestCaseData(Good with { Protocol = 1 }, "speaks version 1 of the helper protocol, and this ClipGuard speaks version 2"),
        new TestCaseData(Good with { Helper = null! }, "what it is"),
        new TestCaseData(Good with { Sandbox = (SandboxLevel)9 }, "sandbox level 9"),
        new TestCaseData(Good with { Profile = (HelperSandboxProfile)7 }, "profile 7"),
        new TestCaseData(Good with { Limits = new ReportedHelperLimits { MemoryBytes = -1 } }, "impossible limits"),
        new TestCaseData(Good with { Libraries = new Dictionary<string, string> { ["av"] = new('1', 65) } }, "libraries"),
        new TestCaseData(Good with { Libraries = Enumerable.Range(0, 33).ToDictionary(static n => $"{n}", static _ => "1") }, "libraries"),
        new TestCaseData(Good with { Kinds = [] }, "which kinds"),
        new TestCaseData(Good with { Kinds = null! }, "which kinds"),
        new TestCaseData(Good with { Kinds = ["video", "smell"] }, "\"smell\""),
    ];

    [Test]
    public void A_whole_greeting_is_believed() => Assert.That(MessageCheck.FindOfDecoder(Good), Is.Null);

    [Test]
    public void What_may_be_left_out_may_be_left_out()
    {
        const string least = """{"type":"ready","protocol":2,"helper":"w 1","decoder":"x 3.1","kinds":["audio"],"sandbox":"Standard"}""";
        var read = (ReadyMessage)JsonSerializer.Deserialize(least, WireJson.Default.HelperMessage)!;

        Assert.That(MessageCheck.FindOfDecoder(read), Is.Null);
        Assert.That((read.Profile, read.Forks, read.KnownClips), Is.EqualTo((HelperSandboxProfile.Decoder, false, false)));
    }

    [Test]
    public void What_decodes_nothing_names_no_kinds() => Assert.That(MessageCheck.Find(Good with { Kinds = [] }), Is.Null);

    [TestCaseSource(nameof(Wrong))]
    public void A_greeting_that_cannot_be_is_told_with_what_is_wrong(object greeting, string expected) =>
        Assert.That(MessageCheck.FindOfDecoder((ReadyMessage)greeting), Does.Contain(expected));
}
