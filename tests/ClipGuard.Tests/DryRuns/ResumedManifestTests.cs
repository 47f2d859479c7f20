using ClipGuard.DryRuns;
using ClipGuard.Manifests;
using ClipGuard.Manifests.Sharding;
using ClipGuard.Runs;

using NUnit.Framework;

using static ClipGuard.Tests.Support.DryRunBench;

namespace ClipGuard.Tests.DryRuns;

/// <summary>Interrupted runs of manifests of every kind, also of several files, go on where they were.</summary>
[CancelAfter(60_000)]
internal sealed class ResumedManifestTests
{
    private const string Held = "hold.png";

    private static readonly string[] Rows =
        [.. Enumerable.Range(0, 12).Select(static i => i == 4 ? "no sample" : Row(i == 8 ? Held : i % 3 == 0 ? $"bad{i}.png" : $"a{i}.png"))];

    private string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("clipguard-resumed-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    public static IEnumerable<TestCaseData> Kinds()
    {
        string[] samples = [.. Rows.Where(static row => row[0] == '{')];
        IEnumerable<string> cells = Enumerable.Range(0, 12).Select(static i => i == 8 ? Held : i % 3 == 0 ? $"bad{i}.png" : $"a{i}.png");
        string table = "image,note\r\n" + string.Concat(cells.Select(static clip => $"{clip},\"1\r\n2\"\r\n"));
        string Lines(IEnumerable<string> rows) => string.Concat(rows.Select(static row => row + "\n"));
        yield return Kind("JSON Lines", "m.jsonl", ("m.jsonl", "\n" + Lines(Rows)));
        yield return Kind("JSON Lines with a byte order mark and CRLF", "m.jsonl", ("m.jsonl", "\uFEFF" + Lines(Rows).ReplaceLineEndings("\r\n")));
        yield return Kind("a JSON array", "m.json", ("m.json", "[\n" + string.Join(",\n", samples) + "\n]\n"));
        yield return Kind("CSV", "m.csv", ("m.csv", table));
        yield return Kind(
            "files", "p-*.jsonl", ("p-0.jsonl", Lines(Rows[..5])), ("p-1.jsonl", "\n" + Lines(Rows[5..]).TrimEnd()), ("p-2.jsonl", Lines(Rows[..1])));
        yield return Kind("files of two kinds", "p-*", ("p-0.csv", table.Replace(Held, "a.png", StringComparison.Ordinal)), ("p-1.jsonl", Lines(Rows)));
        yield return Kind(
            "metadata in folders",
            "hf",
            ("hf/a/metadata.jsonl", "{\"file_name\":\"bad.png\"}\n{\"file_name\":\"a.png\"}\n"),
            ("hf/b/metadata.jsonl", "{\"file_name\":\"../x.png\"}\n{\"file_name\":\"hold.png\"}\n{\"file_name\":\"bad.png\"}\n"));
        yield return Kind("a folder", "pictures", ("pictures/a.png", "x"), ("pictures/bad.png", "x"), ("pictures/hold.png", "x"), ("pictures/x/bad.png", "x"));
        TestCaseData Kind(string kind, string path, params (string Path, string Content)[] files) => new TestCaseData(path, files).SetArgDisplayNames(kind);
    }

    [TestCaseSource(nameof(Kinds))]
    public async Task It_ends_as_if_it_had_not_been_interrupted(string path, (string Path, string Content)[] files)
    {
        foreach ((string file, string content) in files)
        {
            Write(file, content);
        }

        await CheckAsync(() => Manifest.Open(Path.Combine(_folder, path), Options), null);
    }

    [TestCaseSource(nameof(Kinds))]
    public async Task It_does_so_too_without_rows_that_a_list_names(string path, (string Path, string Content)[] files)
    {
        foreach ((string file, string content) in files)
        {
            Write(file, content);
        }

        string source = files[0].Path;
        string named = path == "pictures" ? """{"source":"pictures","key":"a.png"}""" : $$"""{"source":"{{source}}","line":{{(path == "m.csv" ? 6 : 2)}}}""";
        await CheckAsync(() => Manifest.Open(Path.Combine(_folder, path), Options), await ExclusionList.ReadAsync([Write("list", named)]));
    }

    [Test]
    public async Task Shards_go_on_within_a_shard()
    {
        string[] names = ["bad.json", "a.png", "c.json", "d.png"];
        for (int shard = 0; shard < 3; shard++)
        {
            File.WriteAllBytes(
                Path.Combine(_folder, $"s-{shard}.tar"),
                [.. names.SelectMany(name => RawTar.File(name, name == "bad.json" ? "{" : name == "c.json" && shard == 1 ? "[" : "{}")), .. RawTar.End]);
        }

        // Its decoder is held up by the shard that all clips of it lie in.
        await CheckAsync(() => Manifest.Open(Path.Combine(_folder, "s-{0..2}.tar"), Options), null, held: "s-1.tar");
    }

    [TestCase("m.jsonl", 0)]
    [TestCase("m.jsonl", 1)]
    [TestCase("m.csv", 1)]
    [TestCase("m.json", 1)]
    public async Task A_part_of_a_file_goes_on(string name, int part)
    {
        string[] clips = [.. Enumerable.Range(0, 24).Select(static i => i is 6 or 20 ? Held : i % 3 == 0 ? $"bad{i}.png" : $"a{i}.png")];
        IEnumerable<string> rows = clips.Select(static clip => Row(clip));
        string path = Write(
            name,
            name == "m.csv" ? "image\n" + string.Concat(clips.Select(static clip => clip + "\n"))
                : name == "m.json" ? $"[{string.Join(",\n", rows)}]"
                : string.Concat(rows.Select(static row => row + "\n")));
        ManifestShard Open() => ManifestShard.OpenAsync(Manifest.Open(path, Options), new ShardNumber(part, 2)).GetAwaiter().GetResult();
        foreach (ExclusionList? list in new[] { null, await ExclusionList.ReadAsync([Write("list", $$"""{"source":"{{name}}","line":15}""")]) })
        {
            await CheckAsync(Open, list);
            Directory.Delete(Path.Combine(_folder, "whole"), recursive: true);
            Directory.Delete(Path.Combine(_folder, "out"), recursive: true);
        }
    }

    [Test]
    public async Task A_blend_goes_on_with_its_rows_told_apart()
    {
        Write("x.jsonl", string.Concat(Rows.Select(static row => row + "\n")));
        Write("y.jsonl", string.Concat(Enumerable.Range(1, 12).Select(static i => Row($"bad-y{i}.png") + "\n")));
        BlendedManifest Blend() => new("xy".Select(name => (Manifest.Open(Path.Combine(_folder, $"{name}.jsonl"), Options), 1.0)));

        string excluded = await CheckAsync(Blend, null);

        Assert.That(excluded, Does.Contain("""{"source":"x.jsonl","line":5,"fault":"BadManifestLine"}"""));
        Assert.That(excluded.Split('\n').Count(static line => line.Contains("y.jsonl", StringComparison.Ordinal)), Is.EqualTo(12));
    }

    // Two rows become one: whoever reads them again miscounts.
    [TestCase("m.jsonl")]
    [TestCase("p-*.jsonl")]
    [TestCase("m.csv")]
    public async Task What_is_recorded_is_not_read_again(string pattern)
    {
        string content = pattern == "m.csv" ? $"image\nbad1.png\nbad2.png\nbad3.png\nbad4.png\nbad5.png\n{Held}\na.png\n"
            : string.Concat(Rows.Select(static row => row + "\n"));
        string file = Write(pattern.Replace('*', '0'), content);
        if (pattern.StartsWith('p'))
        {
            Write("p-1.jsonl", content.Replace(Held, "a.png", StringComparison.Ordinal));
        }

        IManifest manifest = Manifest.Open(Path.Combine(_folder, pattern), Options);
        string expected = await RunAsync(manifest, "whole", null, new ScriptedDecoder());
        await InterruptAsync(manifest, null, Held);
        DateTime written = File.GetLastWriteTimeUtc(file);
        byte[] bytes = File.ReadAllBytes(file);
        bytes[Array.IndexOf(bytes, (byte)'\n', 30)] = (byte)' ';
        File.WriteAllBytes(file, bytes);
        File.SetLastWriteTimeUtc(file, written);

        Assert.That(await RunAsync(Manifest.Open(Path.Combine(_folder, pattern), Options), "out", null, new ScriptedDecoder()), Is.EqualTo(expected));
    }

    [TestCase("p-1.jsonl", "written", "p-1.jsonl had ")]
    [TestCase("p-1.jsonl", "gone", "p-1.jsonl is gone")]
    [TestCase("p-00.jsonl", "written", "p-00.jsonl is new")]
    [TestCase("p-3.jsonl", "written", "p-3.jsonl is new")]
    public async Task A_file_that_has_changed_is_named(string name, string change, string message)
    {
        for (int part = 0; part < 3; part++)
        {
            Write($"p-{part}.jsonl", string.Concat(Rows.Select(static row => row + "\n")));
        }

        await InterruptAsync(Manifest.Open(Path.Combine(_folder, "p-*.jsonl"), Options), null, Held);
        if (change == "gone")
        {
            File.Delete(Path.Combine(_folder, name));
        }
        else
        {
            Write(name, Row("a.png") + "\n");
        }

        await Assert.ThatAsync(
            () => RunAsync(Manifest.Open(Path.Combine(_folder, "p-*.jsonl"), Options), "out", null, new ScriptedDecoder()),
            Throws.InstanceOf<OutputException>().With.Message.Contains(message).And.Message.Contains("--fresh"));
    }

    [Test]
    public async Task A_limit_that_was_reached_stays_reached()
    {
        Write("m.jsonl", string.Concat(Rows.Select(static row => row + "\n")));
        IManifest manifest = Manifest.Open(Path.Combine(_folder, "m.jsonl"), Options);
        await InterruptAsync(manifest, null, Held, limit: 9);

        string found = await RunAsync(manifest, "out", null, new ScriptedDecoder(), limit: 9);

        Assert.That(found, Is.EqualTo(await RunAsync(manifest, "whole", null, new ScriptedDecoder(), limit: 9)));
    }

    private static ManifestOptions Options { get; } = new() { RootImageDirectory = null };

    private async Task<string> CheckAsync(Func<IManifest> open, ExclusionList? list, string held = Held)
    {
        string whole = await RunAsync(open(), "whole", list, new ScriptedDecoder());
        await InterruptAsync(open(), list, held);
        var decoder = new ScriptedDecoder();
        string resumed = await RunAsync(open(), "out", list, decoder);

        Assert.That(resumed, Is.EqualTo(whole));
        Assert.That(File.ReadAllText(Path.Combine(_folder, "out", "summary.json")), Does.Not.Contain("\"resumedAfterRows\": 0"));
        return File.ReadAllText(Path.Combine(_folder, "out", "excluded.jsonl"));
    }

    // Ends the run while one clip is held, and what comes before it is recorded.
    private async Task InterruptAsync(IManifest manifest, ExclusionList? list, string held, long? limit = null)
    {
        var decoder = new ScriptedDecoder();
        decoder.Hold(held);
        using var stop = new CancellationTokenSource();
        Task running = new DryRun(manifest, decoder, OptionsFor("out", list, limit)).RunAsync(stop.Token);
        await Until(() => decoder.Asked.Contains(held));
        await Until(() => new FileInfo(Path.Combine(_folder, "out", "excluded.jsonl.partial")) is { Exists: true, Length: > 0 });
        await stop.CancelAsync();
        await running;
    }

    // All that a run leaves, without what it measured.
    private async Task<string> RunAsync(IManifest manifest, string output, ExclusionList? list, ScriptedDecoder decoder, long? limit = null)
    {
        DryRunSummary summary = await new DryRun(manifest, decoder, OptionsFor(output, list, limit)).RunAsync();
        string folder = Path.Combine(_folder, output);
        IEnumerable<string> clean = Directory.GetFiles(folder, "clean.*").Select(File.ReadAllText);
        string faults = string.Join('\n', DryRunFiles.ReadFaults(DryRunFiles.Faults(folder)).Select(static fault => (fault.Line, fault.Fault, fault.Message)));
        return string.Join("\n\n", [.. clean, File.ReadAllText(DryRunFiles.Excluded(folder)), faults, $"{Counts(summary)}"]);
    }

    private static (long, long, long, long, long, long, long) Counts(DryRunSummary summary) => (
        summary.SampleCount, summary.CleanSampleCount, summary.ClipCount, summary.OkCount, summary.Faults.Values.Sum(), summary.LeftOutCount,
        summary.NotFoundCount);

    private DryRunOptions OptionsFor(string output, ExclusionList? list, long? limit) => new()
    {
        OutputFolder = Path.Combine(_folder, output),
        Guard = new() { Workers = 2 },
        Manifest = Options,
        Excluded = list,
        Limit = limit,
    };

    private string Write(string name, string content)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }
}
