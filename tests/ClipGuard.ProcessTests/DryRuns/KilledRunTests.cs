using System.Diagnostics;

using ClipGuard.DryRuns;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.DryRuns;

/// <summary>A dry run whose process is killed again and again, with clips that hang longer than each of its lives.</summary>
[Parallelizable]
[CancelAfter(60_000)]
public sealed class KilledRunTests
{
    private string _folder = null!;
    private string _out = null!;

    [SetUp]
    public void MakeFolder()
    {
        _folder = Directory.CreateTempSubdirectory("clipguard-killed-").FullName;
        _out = Path.Combine(_folder, "out");
    }

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task It_ends_though_no_life_is_long_enough_for_two_attempts_at_what_hangs()
    {
        string[] clips = ["hang", .. Enumerable.Range(0, 40).Select(clip => $"ok:{clip + 1}")];
        await File.WriteAllLinesAsync(Path.Combine(_folder, "manifest.jsonl"), clips.Select(clip => $$"""{"audios":["/scripts/{{clip}}"]}"""));

        using (Process first = Start())
        {
            await UntilAsync(() => Journal().Contains("failedOnce", StringComparison.Ordinal));
            first.Kill();
            await first.WaitForExitAsync();
        }

        using Process second = Start();
        string said = await second.StandardOutput.ReadToEndAsync();
        await second.WaitForExitAsync();

        Assert.That(said, Is.EqualTo("DONE 40 0\n"));
        var fault = (ClipFaultRecord)DryRunFiles.ReadFaults(DryRunFiles.Faults(_out)).Single();
        Assert.That((fault.Line, fault.Fault, fault.AttemptCount), Is.EqualTo((1L, "Stalled", 2)));
        Assert.That(await File.ReadAllLinesAsync(DryRunFiles.Clean(_out)), Has.Length.EqualTo(40));
    }

    private Process Start() => Process.Start(new ProcessStartInfo(
        BuiltPrograms.TestHost,
        [MisbehavingHelperProgram.ProgramPath, "dry-runs", Path.Combine(_folder, "manifest.jsonl"), _out, "8", "1", "2"])
    {
        RedirectStandardOutput = true,
    })!;

    private string Journal()
    {
        string path = DryRunFiles.Journal(_out);
        return File.Exists(path) ? File.ReadAllText(path) : string.Empty;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(20, TestContext.CurrentContext.CancellationToken);
        }
    }
}
