using System.Diagnostics;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Cli;

/// <summary>Each wrong use gives one clear line and the right exit code.</summary>
[Parallelizable]
[CancelAfter(60_000)]
public sealed class WrongUseTests
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
    [TestCase("dry-run a.jsonl b.jsonl", "'b.jsonl' is no argument")]
    [TestCase("dry-run MANIFEST --timout 5", "did you mean '--timeout'?")]
    [TestCase("dry-run MANIFEST --timeout", "--timeout")]
    [TestCase("dry-run MANIFEST --timeout soon", "--timeout: 'soon' was given, expected a positive number of seconds")]
    [TestCase("dry-run MANIFEST --timeout 3000000", "--timeout: '3000000' was given, expected at most 2592000 seconds")]
    [TestCase("dry-run MANIFEST --timeout -1", "--timeout: '-1'")]
    [TestCase("dry-run MANIFEST --workers 0", "--workers: '0' was given, expected a whole number of at least 1")]
    [TestCase("dry-run MANIFEST --size 10x", "--size: '10x'")]
    [TestCase("dry-run MANIFEST --timeout 0 --isolation fresh", "--timeout is 0")]
    [TestCase("dry-run nowhere.jsonl", "nowhere.jsonl cannot be read: there is no such file")]
    [TestCase("dry-run FOLDER", "it is a folder")]
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

    [Test]
    public void An_output_that_takes_nothing()
    {
        string command = $"exec '{PublishedCommand.Program}' inspect '{Repository.SampleClip("good/tone.wav")}' > /dev/full";
        var start = new ProcessStartInfo("sh", ["-c", command]) { RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();

        AssertOneLine(new CommandRun(process.ExitCode, string.Empty, error), 2, "standard output cannot be written: No space left on device");
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
        // The loader finds these first, and they are no libraries.
        foreach (string library in new[] { "libavformat.so.59", "libavformat.so.60", "libavformat.so.61" })
        {
            File.WriteAllText(Path.Combine(_folder, library), string.Empty);
        }

        CommandRun run = PublishedCommand.Run(
            new Dictionary<string, string?> { ["LD_LIBRARY_PATH"] = _folder }, "dry-run", Repository.SampleManifest, "--out", Path.Combine(_folder, "out"));

        AssertOneLine(run, 3, "apt-get install");
    }

    private static void AssertOneLine(CommandRun run, int exitCode, string complaint)
    {
        Assert.That(run.ExitCode, Is.EqualTo(exitCode), run.Error);
        Assert.That(run.Error, Does.Contain(complaint));
        Assert.That(run.Error.TrimEnd('\n').Split('\n'), Has.Length.EqualTo(1));
        Assert.That(run.Error, Does.StartWith("clipguard: "));
    }
}
