using System.Diagnostics;
using System.Text.Json;

using ClipGuard.Tests.Cli;
using ClipGuard.Tests.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Streams;

/// <summary>The command, published, from outside.</summary>
[TestFixture]
internal sealed class CompareCommandTests
{
    private MediaFolder _media = null!;
    private string _reference = null!;
    private string _distorted = null!;

    [OneTimeSetUp]
    public void Start()
    {
        _media = new MediaFolder();
        _reference = _media.Make("reference.mkv", "-f lavfi -i testsrc2=size=160x120:rate=25 -frames:v 25 -pix_fmt yuv420p -c:v ffv1");
        _distorted = _media.Make("distorted.mkv", $"-i {_reference} -c:v libx264 -crf 40 -pix_fmt yuv420p");
    }

    [OneTimeTearDown]
    public void Stop() => _media.Dispose();

    [TestCase(false)]
    [TestCase(true)]
    [CancelAfter(120_000)]
    public void A_pair_gets_its_scores(bool noFifo)
    {
        CommandRun run = PublishedCommand.Run(["compare", _reference, _distorted, "--json", .. noFifo ? new[] { "--no-fifo" } : []]);

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        JsonElement result = JsonElement.Parse(run.Output);
        Assert.That(result.GetProperty("frames").GetInt32(), Is.EqualTo(25));
        Assert.That(result.GetProperty("scores").GetProperty("psnr").GetDouble(), Is.InRange(10, 60));
    }

    [Test]
    [CancelAfter(120_000)]
    public void A_fault_is_a_line_and_an_exit_code()
    {
        CommandRun run = PublishedCommand.Run("compare", _reference, "/nowhere/clip.mkv");

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Output, Does.StartWith("distorted  Missing  /nowhere/clip.mkv"));
    }

    [Test]
    [CancelAfter(120_000)]
    public void A_missing_vmaf_is_one_clear_line()
    {
        CommandRun run = PublishedCommand.Run(
            new Dictionary<string, string?> { ["PATH"] = "/nowhere" }, "compare", _reference, _distorted, "--metric", "vmaf");

        Assert.That(run.ExitCode, Is.EqualTo(3));
        Assert.That(run.Error.Trim().Split('\n'), Has.Length.EqualTo(1));
        Assert.That(run.Error, Does.Contain("The program vmaf is not installed").And.Contain("github.com/Netflix/vmaf"));
    }

    [TestCase("compare")]
    [TestCase("compare", "one.mkv")]
    [TestCase("compare", "a.mkv", "b.mkv", "--tool", "prog {reference} {nothing} {distorted}")]
    [TestCase("compare", "a.mkv", "b.mkv", "--tool", "prog {reference}")]
    [CancelAfter(120_000)]
    public void Wrong_use_is_one_line(params string[] arguments)
    {
        CommandRun run = PublishedCommand.Run(arguments);

        Assert.That(run.ExitCode, Is.EqualTo(2), run.Error);
        Assert.That(run.Error.Trim().Split('\n'), Has.Length.EqualTo(1));
    }

    [Test]
    [CancelAfter(120_000)]
    public void Killed_it_leaves_no_process_and_the_next_start_removes_its_folder()
    {
        string folder = Directory.CreateDirectory(_media.PathOf("temporary")).FullName;
        var environment = new Dictionary<string, string?> { ["TMPDIR"] = folder };
        string started = _media.PathOf("started");
        using Process command = PublishedCommand.Start(
            environment, "compare", _reference, _distorted, "--tool", $"sh -c 'setsid --fork sleep 27182; touch {started}; sleep 27182' sh {{reference}} {{distorted}}");
        Assert.That(() => File.Exists(started), Is.True.After(60_000, 50));
        IReadOnlyList<int> helpersAndGuardian = PublishedCommand.HelpersOf(command.Id);
        Assert.That(helpersAndGuardian, Has.Count.EqualTo(3));
        command.Kill();
        command.WaitForExit();

        Assert.That(() => helpersAndGuardian.Where(PublishedCommand.IsAlive), Is.Empty.After(30_000, 50), "helpers and guardian");
        Assert.That(Left, Is.Empty.After(30_000, 50), "processes of the tool");
        Assert.That(PublishedCommand.Run(environment, "compare", _reference, _reference).ExitCode, Is.Zero);
        Assert.That(Directory.GetDirectories(folder, "clipguard-streams-*"), Is.Empty);

        // The tool and what it started bear the group's folder in their environment.
        string[] Left() => [.. Directory.EnumerateDirectories("/proc").Where(process => Says(process, "environ", $"CLIPGUARD_GROUP={folder}"))];
    }

    private static bool Says(string process, string file, string what)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, file)).Contains(what, StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
