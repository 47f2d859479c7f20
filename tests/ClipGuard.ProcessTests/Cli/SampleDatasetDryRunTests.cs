using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

using ClipGuard.DryRuns;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Cli;

/// <summary>Runs the published command over the sample dataset once, and holds what it leaves against the sample's own table.</summary>
[Parallelizable]
[CancelAfter(120_000)]
public sealed partial class SampleDatasetDryRunTests
{
    private string _out = null!;
    private int _exitCode;
    private string _output = null!;
    private string _error = null!;
    private HashSet<int> _helpers = null!;

    [OneTimeSetUp]
    public void Run()
    {
        _out = Path.Combine(Directory.CreateTempSubdirectory("clipguard-sample-").FullName, "out");
        _helpers = [];
        long begun = Stopwatch.GetTimestamp();
        using Process process = PublishedCommand.Start(
            new Dictionary<string, string?>(),
            "dry-run", Repository.SampleManifest, "--config", Repository.PathOf("configs", "dry-run.json"), "--out", _out);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        while (!process.WaitForExit(100))
        {
            _helpers.UnionWith(PublishedCommand.HelpersOf(process.Id));
            if (Stopwatch.GetElapsedTime(begun) > TimeSpan.FromSeconds(100))
            {
                process.Kill();
            }
        }

        (_exitCode, _output, _error) = (process.ExitCode, output.Result, error.Result);
    }

    [OneTimeTearDown]
    public void Delete() => Directory.Delete(Path.GetDirectoryName(_out)!, recursive: true);

    [Test]
    public void Good_clips_have_what_their_headers_say()
    {
        var records = DryRunFiles.ReadClips(DryRunFiles.Clips(_out)).ToLookup(static one => one.Clip);

        DecodedClipRecord film = records["good/h264.mp4"].First();
        Assert.That(
            (film.Codec, film.Container, film.Width, film.Height, film.FrameRateHz, film.DurationSeconds, film.FrameCount),
            Is.EqualTo(("h264", "mov,mp4,m4a,3gp,3g2,mj2", 192, 144, 25.0, 2.0, 50L)));
        Assert.That(film.Bytes, Is.EqualTo(new FileInfo(Repository.SampleClip("good/h264.mp4")).Length));
        DecodedClipRecord tone = records["good/tone.wav"].First();
        Assert.That(
            (tone.Codec, tone.Container, tone.SampleRateHz, tone.Channels, tone.DurationSeconds),
            Is.EqualTo(("pcm_s16le", "wav", 8000, 1, 1.5)));
        Assert.That(records["good/vp9.webm"].First().DurationSeconds, Is.EqualTo(2).Within(0.2), "of the container, where the track does not say");
        Assert.That(File.ReadLines(DryRunFiles.FaultsCsv(_out)).Count(), Is.EqualTo(1 + DryRunFiles.ReadFaults(DryRunFiles.Faults(_out)).Count()));
    }

    [Test]
    public void Every_clip_gets_the_verdict_of_the_table()
    {
        (string File, string Verdict)[] table = ReadTable();
        ClipFaultRecord[] faults = [.. DryRunFiles.ReadFaults(DryRunFiles.Faults(_out)).Cast<ClipFaultRecord>()];

        Assert.That(table, Has.Length.GreaterThan(25));
        Assert.That(
            faults.Select(fault => (fault.Clip, fault.Fault)),
            Is.EquivalentTo(table.Where(row => row.Verdict != "ok").Select(row => (row.File, row.Verdict))),
            _output + _error);
        Assert.That(faults.Select(fault => fault.Line), Is.Ordered.Ascending);
        using var summary = JsonDocument.Parse(File.ReadAllBytes(DryRunFiles.Summary(_out)));
        Assert.That(summary.RootElement.GetProperty("ok").GetInt32(), Is.EqualTo(table.Count(row => row.Verdict == "ok")));
    }

    [Test]
    public void It_ends_by_itself_and_the_exit_code_says_that_faults_were_found() => Assert.That(_exitCode, Is.EqualTo(1), _error);

    [Test]
    public void The_clean_manifest_holds_exactly_the_good_rows_byte_for_byte()
    {
        HashSet<long> bad = [.. DryRunFiles.ReadFaults(DryRunFiles.Faults(_out)).Select(fault => fault.Line)];
        string[] rows = File.ReadAllText(Repository.SampleManifest).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string expected = string.Concat(rows.Where((_, index) => !bad.Contains(index + 1)).Select(row => row + "\n"));

        Assert.That(File.ReadAllText(DryRunFiles.Clean(_out)), Is.EqualTo(expected));
    }

    [Test]
    public void The_summary_agrees()
    {
        using var summary = JsonDocument.Parse(File.ReadAllBytes(DryRunFiles.Summary(_out)));
        long faults = DryRunFiles.ReadFaults(DryRunFiles.Faults(_out)).Count();
        JsonElement root = summary.RootElement;

        Assert.That(root.GetProperty("clips").GetInt64(), Is.EqualTo(root.GetProperty("ok").GetInt64() + faults));
        Assert.That(root.GetProperty("faults").EnumerateObject().Sum(fault => fault.Value.GetInt64()), Is.EqualTo(faults));
        Assert.That(root.GetProperty("versions").GetProperty("decoder").GetString(), Does.StartWith("FFmpeg "));
        string[] libraries = [.. root.GetProperty("versions").GetProperty("decoderFiles").EnumerateArray().Select(file => file.GetString()!)];
        Assert.That(libraries, Has.Length.EqualTo(5).And.All.Matches<string>(File.Exists));
        Assert.That(root.GetProperty("settings").GetProperty("guard").GetProperty("stallLimit").GetString(), Is.EqualTo("00:00:03"));
    }

    [Test]
    public void The_screen_names_each_bad_clip_with_its_verdict_and_says_where_the_output_lies()
    {
        string[] lines = _output.Split('\n');
        foreach ((string file, string verdict) in ReadTable().Where(row => row.Verdict != "ok"))
        {
            Assert.That(lines, Has.Some.Contains(file).And.Some.Contains(verdict), _output);
            Assert.That(
                lines.Any(line => line.Contains($" {file} ", StringComparison.Ordinal) && line.Contains($" {verdict} ", StringComparison.Ordinal)), file);
        }

        Assert.That(_output, Does.Contain(_out).And.Contain("beside the manifest"));
        Assert.That(_output, Does.Not.Contain('\u001b'));
    }

    [Test]
    public void Hanging_clips_are_tried_twice_and_told_with_their_post_mortem()
    {
        ClipFaultRecord[] hanging =
        [
            .. DryRunFiles.ReadFaults(DryRunFiles.Faults(_out)).Cast<ClipFaultRecord>().Where(fault => fault.Fault is "Stalled" or "TimedOut"),
        ];

        Assert.That(hanging.Select(fault => fault.AttemptCount), Is.EqualTo(new[] { 2, 2 }));
        Assert.That(hanging.Select(fault => fault.ElapsedSeconds), Is.All.GreaterThan(2.9));
        Assert.That(hanging.Select(fault => fault.PeakMemoryBytes), Is.All.GreaterThan(1_000_000));
    }

    [Test]
    public void The_log_is_JSON_and_tells_each_fault_once()
    {
        string log = Directory.EnumerateFiles(_out, "log-*.jsonl").Single();
        int faults = 0;
        foreach (string line in File.ReadLines(log))
        {
            using var entry = JsonDocument.Parse(line);
            if (entry.RootElement.GetProperty("MessageTemplate").GetString()!.StartsWith("Line {Line}: {Clip} is {Fault}", StringComparison.Ordinal)
                && entry.RootElement.GetProperty("Properties").TryGetProperty("PostMortem", out JsonElement found))
            {
                faults++;
                Assert.That(found.EnumerateObject().Select(static member => member.Name), Is.EqualTo(FaultMembers));
            }
        }

        Assert.That(faults, Is.EqualTo(DryRunFiles.ReadFaults(DryRunFiles.Faults(_out)).Count()));
    }

    [Test]
    public void No_helper_is_left()
    {
        Assert.That(_helpers, Is.Not.Empty);
        Assert.That(_helpers.Where(PublishedCommand.IsAlive), Is.Empty);
    }

    private static readonly string[] FaultMembers =
    [
        "Clip", "Path", "Kind", "Stage", "ElapsedSeconds", "CpuSeconds", "SinceProgressSeconds", "Time", "Packets", "Frames", "PeakMemoryBytes", "Signal",
        "ExitCode", "Attempts", "Log", "Decoder", "Line", "Id", "Fault", "Message", "_typeTag",
    ];

    private static (string File, string Verdict)[] ReadTable() =>
    [
        .. File.ReadLines(Repository.PathOf("datasets-sample", "README.md"))
            .Select(line => TableRow().Match(line))
            .Where(row => row.Success)
            .Select(row => (row.Groups["file"].Value, row.Groups["verdict"].Value)),
    ];

    [GeneratedRegex(@"^\| `(?<file>[^`]+)` \| .* \| (?<verdict>\w+) \|$")]
    private static partial Regex TableRow();
}
