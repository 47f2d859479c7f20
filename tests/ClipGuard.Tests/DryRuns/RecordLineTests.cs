using System.Text.Json;

using ClipGuard.DryRuns;
using ClipGuard.DryRuns.SecondOpinions;
using ClipGuard.Media;
using ClipGuard.Runs;

using NUnit.Framework;

namespace ClipGuard.Tests.DryRuns;

/// <summary>The lines of a dry run's files to the letter: programs read them, and people look for a field where it was.</summary>
internal sealed class RecordLineTests
{
    private static readonly TimeByCauseRecord Time = new(1, 2, 3, 4, 5, 6);

    [Test]
    public void A_clip_that_decoded() => Assert.That(
        JsonSerializer.Serialize(
            new DecodedClipRecord
            {
                Line = 3,
                Index = 1,
                Id = "row-3",
                Clip = "a.mkv",
                Path = "/d/a.mkv",
                Kind = ClipKind.Video,
                Codec = "h264",
                Container = "matroska,webm",
                Bytes = 99,
                DurationSeconds = 2.5,
                SampleRateHz = 8000,
                Channels = 2,
                Width = 5,
                Height = 8,
                FrameCount = 7,
                FrameRateHz = 25,
                ElapsedSeconds = 0.25,
            },
            RecordLayout.Lines.DecodedClipRecord),
        Is.EqualTo("""
            {"line":3,"index":1,"id":"row-3","clip":"a.mkv","path":"/d/a.mkv","kind":"video","codec":"h264","container":"matroska,webm","bytes":99,
            "durationSeconds":2.5,"sampleRateHz":8000,"channels":2,"width":5,"height":8,"frames":7,"frameRateHz":25,"elapsedSeconds":0.25}
            """.ReplaceLineEndings(string.Empty)));

    [Test]
    public void A_clip_that_is_nobodys_fault() => Assert.That(
        JsonSerializer.Serialize(
            new UnsettledRecord
            {
                Line = 3,
                Index = 0,
                Id = "ä",
                Clip = "a.png",
                Path = null,
                Kind = ClipKind.Image,
                Cause = UnsettledCause.Storage,
                Stage = DecodeStage.Read,
                Message = "It did not answer.",
                Time = Time,
            },
            RecordLayout.Lines.UnsettledRecord),
        Is.EqualTo("""
            {"line":3,"index":0,"id":"ä","clip":"a.png","path":null,"kind":"image","cause":"storage","stage":"read","message":"It did not answer.",
            "time":{"computedSeconds":1,"waitedForProcessorSeconds":2,"waitedForBytesSeconds":3,"stoppedSeconds":4,"blockedSeconds":5,"machineStealSeconds":6}}
            """.ReplaceLineEndings(string.Empty)));

    [Test]
    public void A_clip_that_decoders_disagree_on() => Assert.That(
        JsonSerializer.Serialize(
            new Disagreement
            {
                Line = 3,
                Index = 0,
                Clip = "a.wav",
                Path = "/d/a.wav",
                Kind = ClipKind.Audio,
                Format = "wav",
                About = DisagreementSubject.Values,
                Message = "They are apart.",
                Decoder = new Opinion { Shape = [1, 80], SampleRateHz = 8000, ElapsedSeconds = 1 },
                Also = new Opinion { Fault = "Corrupt", Stage = DecodeStage.Decode, Message = "It is bad.", ElapsedSeconds = 2, Log = ["one"] },
                Difference = 0.5,
                AtSeconds = 0.1,
                AtFrame = 4,
            },
            RecordLayout.Lines.Disagreement),
        Is.EqualTo("""
            {"line":3,"index":0,"clip":"a.wav","path":"/d/a.wav","kind":"audio","format":"wav","about":"values","message":"They are apart.",
            "decoder":{"shape":[1,80],"sampleRateHz":8000,"elapsedSeconds":1},
            "also":{"fault":"Corrupt","stage":"decode","message":"It is bad.","elapsedSeconds":2,"log":["one"]},"difference":0.5,"atSeconds":0.1,"atFrame":4}
            """.ReplaceLineEndings(string.Empty)));

    [Test]
    public void A_clip_with_a_fault() => Assert.That(
        JsonSerializer.Serialize(
            new ClipFaultRecord
            {
                Line = 3,
                Id = "row-3",
                Clip = "a.png",
                Path = "/d/a.png",
                Kind = ClipKind.Image,
                Fault = "Crashed",
                Stage = DecodeStage.Decode,
                Message = "It ended.",
                ElapsedSeconds = 1,
                CpuSeconds = 2,
                SinceProgressSeconds = 3,
                Time = Time,
                PacketCount = 4,
                FrameCount = 5,
                PeakMemoryBytes = 6,
                Signal = 11,
                ExitCode = 1,
                AttemptCount = 2,
                Log = ["one"],
                Decoder = "other 1.0",
            },
            RecordLayout.Lines.ClipFaultRecord),
        Is.EqualTo("""
            {"line":3,"id":"row-3","clip":"a.png","path":"/d/a.png","kind":"image","fault":"Crashed","stage":"decode","message":"It ended.",
            "elapsedSeconds":1,"cpuSeconds":2,"sinceProgressSeconds":3,
            "time":{"computedSeconds":1,"waitedForProcessorSeconds":2,"waitedForBytesSeconds":3,"stoppedSeconds":4,"blockedSeconds":5,"machineStealSeconds":6},
            "packets":4,"frames":5,"peakMemoryBytes":6,"signal":11,"exitCode":1,"attempts":2,"log":["one"],"decoder":"other 1.0"}
            """.ReplaceLineEndings(string.Empty)));

    [Test]
    public void A_line_that_is_no_sample() => Assert.That(
        JsonSerializer.Serialize(
            new BadLineRecord { Line = 3, Id = "row-3", Column = 7, Fault = BadLineRecord.Name, Message = "It ends.", Expected = "a comma" },
            RecordLayout.Lines.BadLineRecord),
        Is.EqualTo("""{"line":3,"id":"row-3","column":7,"fault":"BadManifestLine","message":"It ends.","expected":"a comma"}"""));
}
