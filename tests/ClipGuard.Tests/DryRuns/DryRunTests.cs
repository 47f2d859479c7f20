using System.Text;
using System.Text.Json;

using ClipGuard.DryRuns;
using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Supervision;

using NUnit.Framework;

using static ClipGuard.Tests.Support.DryRunBench;

namespace ClipGuard.Tests.DryRuns;

[CancelAfter(30_000)]
public sealed class DryRunTests
{
    [Test]
    public async Task Verdicts_stand_in_manifest_order_whatever_order_decodes_end_in()
    {
        using var bench = new DryRunBench(Row("bad0.png"), Row("bad1.png", "bad2.png"), Row("bad3.png"), Row("bad4.png"));
        bench.Decoder.Hold("bad0.png");
        Task<DryRunSummary> running = bench.RunAsync();
        await Until(() => bench.Decoder.Asked.Contains("bad4.png"));
        bench.Decoder.Release("bad0.png");
        await running;

        Assert.That(bench.Faults().Cast<ClipFaultRecord>().Select(fault => (fault.Line, fault.Clip)), Is.EqualTo(new[]
        {
            (1L, "bad0.png"), (2L, "bad1.png"), (2L, "bad2.png"), (3L, "bad3.png"), (4L, "bad4.png"),
        }));
    }

    [Test]
    public async Task Clean_rows_stand_byte_for_byte_as_in_the_manifest()
    {
        string spaced = "  " + Row("a.png").Replace(":", " :  ", StringComparison.Ordinal);
        string text = """{"messages":[{"role":"user","content":"kein Bild, aber Grüße 🎬"}],"tags":[1,  2]}""";
        using var bench = new DryRunBench($"\uFEFF{spaced}\r\n\n{Row("bad.png")}\r\n{text}\n{Row("b.png", "bad.png")}\n{Row("c.png")}");

        DryRunSummary summary = await bench.RunAsync();

        byte[] expected = Encoding.UTF8.GetBytes($"{spaced}\r\n{text}\n{Row("c.png")}");
        Assert.That(await File.ReadAllBytesAsync(bench.CleanPath), Is.EqualTo(expected));
        Assert.That((summary.SampleCount, summary.CleanSampleCount, summary.ClipCount, summary.OkCount), Is.EqualTo((5L, 3L, 5L, 3L)));
        Assert.That(summary.CleanHasRelativePaths, Is.True);
    }

    [Test]
    public async Task A_fault_record_has_every_field_under_its_documented_name_and_in_order()
    {
        using var bench = new DryRunBench(Row("bad.png"));
        await bench.RunAsync();

        using var record = JsonDocument.Parse((await File.ReadAllLinesAsync(bench.FaultsPath)).Single());
        Assert.That(record.RootElement.EnumerateObject().Select(property => property.Name), Is.EqualTo(new[]
        {
            "line", "clip", "path", "kind", "fault", "stage", "message", "elapsedSeconds", "cpuSeconds", "sinceProgressSeconds", "packets", "frames",
            "peakMemoryBytes", "attempts", "log",
        }));
        Assert.That(record.RootElement.GetProperty("path").GetString(), Is.EqualTo(Path.Combine(bench.Folder, "bad.png")));
        Assert.That(record.RootElement.GetProperty("kind").GetString(), Is.EqualTo("image"));
        Assert.That(record.RootElement.GetProperty("fault").GetString(), Is.EqualTo("Corrupt"));
        Assert.That(record.RootElement.GetProperty("stage").GetString(), Is.EqualTo("decode"));
    }

    [Test]
    public void A_crash_record_has_its_signal_or_exit_code()
    {
        var clip = new ClipReference(ClipKind.Audio, "audios", "ä.wav") { Path = "/ä.wav" };
        var fault = new ClipFault(FaultKind.Crashed, DecodeStage.Open, "It crashed.", new PostMortem { Signal = 11, AttemptCount = 2 });
        string json = JsonSerializer.Serialize(ClipFaultRecord.Of(7, clip, fault), RecordLayout.Lines.ClipFaultRecord);

        Assert.That(json, Does.Contain("\"clip\":\"ä.wav\"").And.Contain("\"signal\":11").And.Contain("\"attempts\":2").And.Not.Contain("exitCode"));
    }

    [Test]
    public async Task A_bad_manifest_line_is_recorded_between_the_clips_around_it()
    {
        using var bench = new DryRunBench(Row("bad1.png"), "{\"messages\": 7}", Row("bad2.png"));

        DryRunSummary summary = await bench.RunAsync();

        Assert.That(bench.Faults().Select(fault => (fault.Line, fault.Fault)), Is.EqualTo(new[] { (1L, "Corrupt"), (2L, "BadManifestLine"), (3L, "Corrupt") }));
        var bad = (BadLineRecord)bench.Faults()[1];
        Assert.That(bad.Column, Is.GreaterThan(1));
        Assert.That(bad.Expected, Is.Not.Empty);
        Assert.That(summary.Faults["BadManifestLine"], Is.EqualTo(1));
        Assert.That(summary.SampleCount, Is.EqualTo(2));
    }

    [Test]
    public async Task A_clip_that_the_manifest_alone_rules_out_is_never_decoded()
    {
        using var bench = new DryRunBench(Row("http://nowhere/x.png"), Row(""));

        await bench.RunAsync();

        Assert.That(bench.Decoder.Asked, Is.Empty);
        Assert.That(
            bench.Faults().Cast<ClipFaultRecord>().Select(fault => (fault.Fault, fault.AttemptCount)),
            Is.EqualTo(new[] { ("Unsupported", 0), ("Missing", 0) }));
    }

    [Test]
    public async Task Clips_are_decoded_to_the_specs_and_limits_of_the_options()
    {
        using var bench = new DryRunBench("""{"messages":[{"role":"user","content":""}],"image":"i","audio":"a","video":"v"}""");
        bench.Options = bench.Options with
        {
            Audio = new AudioSpec { SampleRateHz = 8000 },
            Video = new VideoSpec { Selection = new UniformFrames(3) },
            Image = new ImageSpec { Size = new ExactSize(5, 6) },
            Limits = new DecodeLimits { MaxFramePixels = 9 },
        };

        await bench.RunAsync();

        Assert.That(
            bench.Decoder.Requests.Select(request => request.Spec),
            Is.EquivalentTo(new ClipSpec[] { bench.Options.Audio, bench.Options.Video, bench.Options.Image }));
        Assert.That(bench.Decoder.Requests.Select(request => request.Limits), Is.All.EqualTo(bench.Options.Limits));
    }

    [Test]
    public async Task A_limit_ends_the_run_after_that_many_rows()
    {
        using var bench = new DryRunBench(Row("a.png"), "no sample", Row("b.png"), Row("c.png"));
        bench.Options = bench.Options with { Limit = 3 };

        DryRunSummary summary = await bench.RunAsync();

        Assert.That(bench.Decoder.Asked, Is.EquivalentTo(new[] { "a.png", "b.png" }));
        Assert.That((summary.SampleCount, summary.Cancelled), Is.EqualTo((2L, false)));
    }

    [Test]
    public async Task An_empty_manifest_gives_empty_files_and_a_summary()
    {
        using var bench = new DryRunBench(string.Empty);

        DryRunSummary summary = await bench.RunAsync();

        Assert.That((summary.SampleCount, summary.ClipCount, summary.Cancelled), Is.EqualTo((0L, 0L, false)));
        Assert.That(new FileInfo(bench.FaultsPath).Length + new FileInfo(bench.CleanPath).Length, Is.Zero);
        Assert.That(bench.SummaryPath, Does.Exist);
    }

    [Test]
    public async Task The_summary_names_every_fault_the_versions_and_the_settings()
    {
        using var bench = new DryRunBench(Row("a.png"), Row("bad.png"));
        await bench.RunAsync();

        using var summary = JsonDocument.Parse(await File.ReadAllBytesAsync(bench.SummaryPath));
        JsonElement root = summary.RootElement;
        Assert.That(root.GetProperty("samples").GetInt32(), Is.EqualTo(2));
        Assert.That(root.GetProperty("clips").GetInt32(), Is.EqualTo(2));
        Assert.That(root.GetProperty("ok").GetInt32(), Is.EqualTo(1));
        Assert.That(
            root.GetProperty("faults").EnumerateObject().Select(fault => fault.Name), Is.EquivalentTo(Enum.GetNames<FaultKind>().Append("BadManifestLine")));
        Assert.That(root.GetProperty("faults").GetProperty("Corrupt").GetInt32(), Is.EqualTo(1));
        Assert.That(root.GetProperty("elapsedSeconds").GetDouble(), Is.GreaterThan(0));
        Assert.That(root.GetProperty("clipsPerSecond").GetDouble(), Is.GreaterThan(0));
        Assert.That(root.GetProperty("versions").GetProperty("clipGuard").GetString(), Is.EqualTo(ProductVersion.Text));
        Assert.That(root.GetProperty("versions").GetProperty("decoder").GetString(), Is.EqualTo("Scripted 1"));
        Assert.That(root.GetProperty("settings").GetProperty("guard").GetProperty("deadline").GetString(), Is.EqualTo("00:01:00"));
        Assert.That(root.GetProperty("settings").GetProperty("sandboxInForce").GetString(), Is.EqualTo("off"));
    }

    [Test]
    public async Task Rows_wait_for_a_slow_clip_in_bounded_number()
    {
        using var bench = new DryRunBench([.. Enumerable.Range(0, 4000).Select(row => Row($"{row}.png"))]);
        bench.Options = bench.Options with { RowsInFlight = 1000 };
        bench.Decoder.Hold("0.png");
        DryRun run = bench.Start();
        Task<DryRunSummary> running = run.RunAsync();

        // Once the other worker has run out of rows nothing more is asked for.
        await Until(() => bench.Decoder.Asked.Count >= 1000 && run.Progress.Running().Count == 1);
        await Task.Delay(200);
        int asked = bench.Decoder.Asked.Count;
        bench.Decoder.Release("0.png");
        DryRunSummary summary = await running;

        Assert.That(asked, Is.LessThan(1200));
        Assert.That(summary.OkCount, Is.EqualTo(4000));
    }

    [Test]
    public async Task Progress_counts_what_is_done()
    {
        using var bench = new DryRunBench(Row("bad.png"), Row("a.png"), "no sample", Row("slow.png"));
        bench.Decoder.Hold("slow.png");
        DryRun run = bench.Start();
        Task<DryRunSummary> running = run.RunAsync();
        await Until(() => run.Progress.RowCount == 3 && run.Progress.Running().Count == 1);

        Assert.That(
            (run.Progress.ClipCount, run.Progress.OkCount, run.Progress.BadLineCount, run.Progress.Count(FaultKind.Corrupt)),
            Is.EqualTo((2L, 1L, 1L, 1L)));
        Assert.That(run.Progress.Fraction, Is.EqualTo(0.75).Within(0.001));
        Assert.That(run.Progress.Running().Single().Clip, Is.EqualTo("slow.png"));

        bench.Decoder.Release("slow.png");
        await running;
        Assert.That(run.Progress.Fraction, Is.EqualTo(1));
    }
}
