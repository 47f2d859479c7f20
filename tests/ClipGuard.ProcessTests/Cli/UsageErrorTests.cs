using System.Diagnostics;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Cli;

/// <summary>Each wrong use gives one clear line and the right exit code.</summary>
[Parallelizable]
[CancelAfter(60_000)]
public sealed class UsageErrorTests
{
    private string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("clipguard-wrong-use-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [TestCase("", "no command was given")]
    [TestCase("dry-rnu", "did you mean 'dry-run'?")]
    [TestCase("--versoin", "did you mean '--version'?")]
    [TestCase("dry-run", "dry-run")]
    [TestCase("dry-run MANIFEST nowhere.jsonl", "nowhere.jsonl cannot be read: there is no such file")]
    [TestCase("dry-run --timout MANIFEST", "did you mean '--timeout'?")]
    [TestCase("dry-run MANIFEST --timout 5", "did you mean '--timeout'?")]
    [TestCase("dry-run MANIFEST --timeout", "--timeout")]
    [TestCase("dry-run MANIFEST --timeout soon", "--timeout: 'soon' was given, expected a positive number of seconds")]
    [TestCase("dry-run MANIFEST --timeout 3000000", "--timeout: '3000000' was given, expected at most 2592000 seconds")]
    [TestCase("dry-run MANIFEST --timeout -1", "--timeout: '-1'")]
    [TestCase("dry-run MANIFEST --workers 0", "--workers: '0' was given, expected a whole number of at least 1")]
    [TestCase("dry-run MANIFEST --size 10x", "--size: '10x'")]
    [TestCase("dry-run MANIFEST --timeout 0 --isolation fresh", "--timeout is 0")]
    [TestCase("dry-run nowhere.jsonl", "nowhere.jsonl cannot be read: there is no such file")]
    [TestCase("dry-run MANIFEST --out FOLDER/out --root FOLDER/nowhere", "nowhere, below which relative paths are to be looked for")]
    [TestCase("dry-run FOLDER", "has no row")]
    [TestCase("dry-run MANIFEST --config nowhere.json", "configuration nowhere.json cannot be read: there is no such file")]
    [TestCase("dry-run MANIFEST --out /dev/null/out", "cannot use /dev/null/out as the output folder: /dev/null is a file")]
    [TestCase("dry-run MANIFEST --out /proc/out", "/proc/out")]
    [TestCase("dry-run MANIFEST --out MANIFEST", "as the output folder: it is a file")]
    [TestCase("dry-run MANIFEST --out FOLDER --clean MANIFEST", "is the manifest itself")]
    [TestCase("dry-run MANIFEST --out FOLDER --clean FOLDER", "it is a folder")]
    public void A_wrong_command_line(string arguments, string complaint)
    {
        string manifest = Path.Combine(_folder, "manifest.jsonl");
        File.WriteAllText(manifest, "{\"messages\":[{\"role\":\"user\",\"content\":\"\"}]}\n");

        CommandRun run = PublishedCommand.Run([.. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(word => word.Replace("MANIFEST", manifest, StringComparison.Ordinal).Replace("FOLDER", _folder, StringComparison.Ordinal))]);

        AssertOneLine(run, 2, complaint);
        Assert.That(File.ReadAllText(manifest), Is.Not.Empty);
    }

    [TestCase("", "has no row")]
    [TestCase("{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}\n[]\n", "names no clip: 1 sample and 1 line of which none is a sample")]
    public void A_manifest_with_nothing_to_decode(string rows, string complaint)
    {
        string manifest = Path.Combine(_folder, "manifest.jsonl");
        File.WriteAllText(manifest, rows);

        CommandRun run = PublishedCommand.Run("dry-run", manifest, "--out", Path.Combine(_folder, "out"));
        Assert.That((run.ExitCode, run.Error.TrimEnd('\n').Split('\n')[^1]), Is.EqualTo((2, $"clipguard: manifest {manifest} {complaint}")));
    }

    [Test]
    public void Pairs_of_which_there_are_none()
    {
        string manifest = Path.Combine(_folder, "pairs.csv");
        File.WriteAllText(manifest, "reference,distorted\n");

        AssertOneLine(PublishedCommand.Run("compare", "--manifest", manifest, "--out", Path.Combine(_folder, "out")), 2, $"manifest {manifest} has no row");
    }

    [TestCase("inspect CLIP > /dev/full", "standard output cannot be written: No space left on device")]
    [TestCase("inspect CLIP >&-", "standard output is closed")]
    [TestCase("--version >&-", "standard output is closed")]
    [TestCase("dry-run MANIFEST --out OUT >&-", "standard output is closed")]
    [TestCase("inspect CLIP | true", "standard output cannot be written: Broken pipe")]
    public void An_output_that_takes_nothing(string command, string complaint) => AssertOneLine(Shell(command), 2, complaint);

    [Test]
    public void An_output_that_is_read_to_its_end_is_no_error() => Assert.That(Shell("inspect CLIP | cat").ExitCode, Is.Zero);

    [Test]
    public void An_error_stream_that_is_closed_hurts_nobody()
    {
        CommandRun run = Shell("dry-run nowhere.jsonl --out OUT 2>&-");
        Assert.That((run.ExitCode, run.Output, run.Error), Is.EqualTo((2, string.Empty, string.Empty)));
    }

    // Too few for the runtime to load what would tell of it, too few for the command, and too few for so many helpers.
    [TestCase(30, "", "this process may have 30 open files, and at least 128 are needed")]
    [TestCase(100, "", "this process may have 100 open files, and at least 128 are needed")]
    [TestCase(200, "--workers 64", "65 helpers need about ")]
    public void Too_few_open_files(int limit, string options, string complaint)
    {
        CommandRun run = Shell($"dry-run MANIFEST --out OUT {options}", $"ulimit -n {limit}");

        AssertOneLine(run, 3, complaint);
        Assert.That(run.Error, Does.Contain("ulimit -n "));
    }

    [TestCase("{ \"timeuot\": 5 }", "line 1: unknown key 'timeuot'; did you mean 'timeout'?")]
    [TestCase("{\n  // patient\n  \"timeout\": \"abc\"\n}", "line 3, timeout: 'abc' was given")]
    [TestCase("{\n  \"timeout\": }", "line 2: not valid JSON")]
    [TestCase("{ \"timeout\": 5, \"timeout\": 6 }", "stands there twice")]
    [TestCase("{ \"timeout\": [5] }", "'timeout' must be a string, a number, true or false")]
    [TestCase("[ 5 ]", "expected a JSON object")]
    [TestCase("", "not valid JSON")]
    [TestCase("{ \"Serilog\": { \"WritTo\": [] } }", "unknown key 'Serilog:WritTo'; did you mean 'WriteTo'?")]
    [TestCase("{ \"Serilog\": { \"WriteTo\": [ { \"Name\": \"Consoel\" } ] } }", "Serilog: Unable to find a method called Consoel")]
    public void A_wrong_configuration(string content, string complaint)
    {
        string configuration = Path.Combine(_folder, "wrong.json");
        File.WriteAllText(configuration, content);

        CommandRun run = PublishedCommand.Run("dry-run", Repository.SampleManifest, "--config", configuration, "--out", Path.Combine(_folder, "out"));

        AssertOneLine(run, 2, complaint);
        Assert.That(run.Error, Does.Contain("wrong.json"));
    }

    [TestCase("MEDIA_DECODE_TIMEOUT", "soon")]
    [TestCase("MEDIA_DECODE_TIMEOUT", "-3")]
    [TestCase("MEDIA_DECODE_TIMEOUT", "NaN")]
    [TestCase("MEDIA_DECODE_TIMEOUT", "Infinity")]
    [TestCase("MEDIA_DECODE_TIMEOUT", "")]
    [TestCase("MEDIA_DECODE_TIMEOUT", "1e300")]
    [TestCase("CLIPGUARD_WORKERS", "many")]
    public void A_wrong_variable(string name, string value)
    {
        CommandRun run = PublishedCommand.Run(
            new Dictionary<string, string?> { [name] = value }, "dry-run", Repository.SampleManifest, "--out", Path.Combine(_folder, "out"));

        AssertOneLine(run, 2, name);
    }

    [Test]
    public void A_machine_without_FFmpeg_gets_the_command_that_installs_it()
    {
        // The loader finds these first, from FFmpeg 5 to 9, and they are no libraries.
        for (int version = 59; version <= 63; version++)
        {
            File.WriteAllText(Path.Combine(_folder, $"libavformat.so.{version}"), string.Empty);
        }

        CommandRun run = PublishedCommand.Run(
            new Dictionary<string, string?> { ["LD_LIBRARY_PATH"] = _folder }, "dry-run", Repository.SampleManifest, "--out", Path.Combine(_folder, "out"));

        AssertOneLine(run, 3, "apt-get install");
    }

    // As a shell runs the command; the exit code is the command's, also in front of a pipe.
    private CommandRun Shell(string command, string before = ":")
    {
        string manifest = Path.Combine(_folder, "manifest.jsonl");
        string clip = Repository.SampleClip("good/tone.wav");
        File.WriteAllText(manifest, $$"""{"messages":[{"role":"user","content":"<audio>"}],"audios":["{{clip}}"]}""");
        string text = command.Replace("MANIFEST", manifest, StringComparison.Ordinal)
            .Replace("CLIP", clip, StringComparison.Ordinal)
            .Replace("OUT", Path.Combine(_folder, "out"), StringComparison.Ordinal);
        var start = new ProcessStartInfo("bash", ["-c", $"{before}; '{PublishedCommand.Program}' {text}; exit ${{PIPESTATUS[0]}}"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return new CommandRun(process.ExitCode, output.Result, error);
    }

    private static void AssertOneLine(CommandRun run, int exitCode, string complaint)
    {
        Assert.That(run.ExitCode, Is.EqualTo(exitCode), run.Error);
        Assert.That(run.Error, Does.Contain(complaint));
        Assert.That(run.Error.TrimEnd('\n').Split('\n'), Has.Length.EqualTo(1));
        Assert.That(run.Error, Does.StartWith("clipguard: "));
    }
}
