using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text.Json;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Streams;

/// <summary>The command, published, from outside.</summary>
[Parallelizable]
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
        Assert.That(run.Error, Does.Contain("The program vmaf is not installed").And.Contain("github.com/Netflix/vmaf").And.Contain("libvmaf"));
    }

    [Test]
    [CancelAfter(120_000)]
    public void Vmaf_is_given_two_paths_and_its_report_is_read_however_long_it_is()
    {
        // Stands in for the program: it takes the arguments of vmaf 3, reads both clips, and writes a report as long as that of 5,000 frames.
        string programs = Directory.CreateDirectory(_media.PathOf("programs")).FullName;
        string vmaf = Path.Combine(programs, "vmaf");
        File.WriteAllText(vmaf, """
            #!/bin/sh
            [ "$1 $3 $5 $6 $7 $8 $9" = "-r -d --threads 1 -q --json -o" ] || exit 9
            shift; reference=$1; distorted=$3; shift 8
            frames=$(grep -a -o FRAME "$reference" | wc -l)
            same=$(grep -a -o FRAME "$distorted" | wc -l)
            {
                echo '{ "frames": ['
                awk 'BEGIN { for (i = 0; i < 5000; i++) printf "{ \"frameNum\": %d, \"metrics\": { \"vmaf\": 50.0, \"filler\": \"%0300d\" } },\n", i, 0 }'
                echo "{} ], \"pooled_metrics\": { \"vmaf\": { \"min\": 1.5, \"max\": 99, \"mean\": $frames.5, \"harmonic_mean\": $same.25 } } }"
            } > "$1"
            """);
        using (var chmod = Process.Start("chmod", ["u+x", vmaf]))
        {
            chmod.WaitForExit();
        }

        var path = new Dictionary<string, string?> { ["PATH"] = $"{programs}:{Environment.GetEnvironmentVariable("PATH")}" };
        CommandRun run = PublishedCommand.Run(path, "compare", _reference, _distorted, "--metric", "vmaf", "--json");

        Assert.That(run.ExitCode, Is.Zero, run.Output + run.Error);
        JsonElement scores = JsonElement.Parse(run.Output).GetProperty("scores");
        Assert.That(
            scores.EnumerateObject().Select(score => (score.Name, score.Value.GetDouble())),
            Is.EqualTo(new[] { ("vmaf", 25.5), ("vmaf_min", 1.5), ("vmaf_harmonic_mean", 25.25) }));
    }

    // Debian's ffmpeg has no libvmaf, so that another one is put before it that says it has, and writes what the filter would.
    [Test]
    [CancelAfter(120_000)]
    [SupportedOSPlatform("linux")]
    public void Without_vmaf_an_ffmpeg_that_has_libvmaf_measures()
    {
        string programs = Directory.CreateDirectory(_media.PathOf("libvmaf")).FullName;
        string ffmpeg = Path.Combine(programs, "ffmpeg");
        File.WriteAllText(ffmpeg, """
            #!/bin/sh
            case "$*" in
                *-filters*) echo " ... libvmaf           VV->V      Calculate the VMAF between two video streams."; exit ;;
            esac
            previous=
            for argument; do
                [ "$previous" = -i ] && { /bin/cat "$argument" > /dev/null & }
                case "$argument" in
                    *log_path=*) log=${argument#*log_path=}; log=${log%%:*} ;;
                esac
                previous=$argument
            done
            wait
            echo '{"frames": [{"frameNum": 0, "metrics": {"vmaf": 91}}, {"frameNum": 1, "metrics": {"vmaf": 89}}],
                "pooled_metrics": {"vmaf": {"min": 89, "mean": 90, "harmonic_mean": 89.9}}}' > "$log"
            """);
        File.SetUnixFileMode(ffmpeg, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string folder = _media.PathOf("libvmaf-out");

        CommandRun run = PublishedCommand.Run(
            new Dictionary<string, string?> { ["PATH"] = programs }, "compare", _reference, _distorted, "--metric", "vmaf", "--per-frame", "--out", folder);

        Assert.That(run.ExitCode, Is.Zero, run.Output + run.Error);
        Assert.That(run.Output, Does.StartWith("vmaf               90\n").And.Contain("vmaf_median        90\n"));
        Assert.That(File.ReadAllLines(Path.Combine(folder, "frames.csv")), Is.EqualTo(new[] { "line,frame,vmaf", "0,0,91", "0,1,89" }));
    }

    [Test]
    [CancelAfter(120_000)]
    public void Each_frame_has_its_scores_and_the_pair_what_they_come_to()
    {
        string manifest = _media.Write("frames.jsonl", """
            {"reference": "reference.mkv", "distorted": "distorted.mkv"}
            {"reference": "reference.mkv", "distorted": "reference.mkv"}

            """u8);
        string folder = _media.PathOf("frames");

        CommandRun run = PublishedCommand.Run("compare", "--manifest", manifest, "--per-frame", "--out", folder);

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        string[] frames = File.ReadAllLines(Path.Combine(folder, "frames.csv"));
        Assert.That(frames, Has.Length.EqualTo(51));
        Assert.That(frames[0], Is.EqualTo("line,frame,psnr,psnr_y,psnr_u,psnr_v"));
        Assert.That(frames[26], Is.EqualTo("2,0,inf,inf,inf,inf"));
        JsonElement[] rows = [.. File.ReadLines(Path.Combine(folder, "scores.jsonl")).Select(static line => JsonElement.Parse(line))];
        Assert.That(rows[0].GetProperty("psnr_p1").GetDouble(), Is.LessThanOrEqualTo(rows[0].GetProperty("psnr_median").GetDouble()));
        Assert.That(rows[1].GetProperty("psnr").GetString(), Is.EqualTo("Infinity"));
        Assert.That(run.Output, Does.Contain("of 1 pair, 1 more infinite").And.Contain("holds relative paths: put it beside the manifest"));
    }

    [Test]
    [CancelAfter(120_000)]
    public void A_program_that_fails_has_its_own_last_words()
    {
        CommandRun run = PublishedCommand.Run(
            "compare", _reference, _distorted, "--tool",
            "sh -c 'cat \"$1\" \"$2\" > /dev/null; echo no model of that name >&2; exit 7' sh {reference} {distorted}");

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Output, Does.StartWith("(tool)  ToolFailed").And.Contain("\n  no model of that name"));
    }

    [Test]
    [CancelAfter(120_000)]
    public void A_tool_is_told_every_figure()
    {
        CommandRun run = PublishedCommand.Run(
            "compare", _reference, _distorted, "--json", "--form", "raw", "--tool",
            """sh -c 'cat "$1" "$2" > /dev/null; echo "{{\"w\": $3, \"h\": $4, \"p\": $5, \"b\": $6}}"; echo "$7 $8" >&2' sh """
                + "{reference} {distorted} {width} {height} {subsampling} {bitdepth} {pixfmt} {rate}");

        Assert.That(run.ExitCode, Is.Zero, run.Output + run.Error);
        Assert.That(
            JsonElement.Parse(run.Output).GetProperty("scores").EnumerateObject().Select(score => (score.Name, score.Value.GetInt32())),
            Is.EqualTo(new[] { ("w", 160), ("h", 120), ("p", 420), ("b", 8) }));
    }

    [TestCase("--json")]
    [TestCase()]
    [CancelAfter(120_000)]
    public void A_manifest_of_pairs_leaves_scores_and_faults(params string[] json)
    {
        string manifest = _media.Write("pairs.csv", "id,reference,coded\n1,reference.mkv,distorted.mkv\n2,reference.mkv,nowhere.mkv\n"u8);
        string folder = _media.PathOf("out");
        CommandRun run = PublishedCommand.Run(["compare", "--manifest", manifest, "--distorted-column", "coded", "--out", folder, .. json]);

        Assert.That(run.ExitCode, Is.EqualTo(1), run.Error);
        string[] scores = File.ReadAllLines(Path.Combine(folder, "scores.jsonl"));
        string[] faults = File.ReadAllLines(Path.Combine(folder, "faults.jsonl"));
        Assert.That(scores.Single(), Does.StartWith("{\"id\":\"1\"").And.Contain("\"psnr\": "));
        Assert.That(JsonElement.Parse(faults.Single()).GetProperty("fault").GetString(), Is.EqualTo("Missing"));
        if (json.Length > 0)
        {
            Assert.That(JsonElement.Parse(run.Output).GetProperty("scored").GetInt32(), Is.EqualTo(1));
        }
        else
        {
            Assert.That(run.Output, Does.StartWith("1 pair scored, 1 without a score"));
        }
    }

    [Test]
    [CancelAfter(120_000)]
    public void The_pair_of_the_readme_gets_the_readmes_scores()
    {
        string readme = File.ReadAllText(Repository.PathOf("src", "ClipGuard.Cli", "Compare.md"));
        const string command = "$ clipguard compare datasets-sample/good/h264.mp4 datasets-sample/pairs/h264-crf45.mp4\n";
        int begin = readme.IndexOf(command, StringComparison.Ordinal) + command.Length;
        string expected = readme[begin..readme.IndexOf("$ ", begin, StringComparison.Ordinal)];
        string sample = Repository.PathOf("datasets-sample");
        CommandRun run = PublishedCommand.Run("compare", Path.Combine(sample, "good", "h264.mp4"), Path.Combine(sample, "pairs", "h264-crf45.mp4"));

        Assert.That(run.Output, Is.EqualTo(expected), run.Error);
    }

    [Test]
    [CancelAfter(120_000)]
    public void A_temporary_folder_that_is_not_there_is_one_line()
    {
        CommandRun run = PublishedCommand.Run(new Dictionary<string, string?> { ["TMPDIR"] = "/nowhere" }, "compare", _reference, _distorted);

        Assert.That(run.ExitCode, Is.EqualTo(2), run.Error);
        Assert.That(run.Error, Does.StartWith("clipguard: the temporary folder cannot be used, set TMPDIR to another"));
        Assert.That(run.Error.Trim().Split('\n'), Has.Length.EqualTo(1));
    }

    [TestCase("compare")]
    [TestCase("compare", "a.mkv", "b.mkv", "--timeout", "3000000")]
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
            environment,
            "compare",
            _reference,
            _distorted,
            "--tool",
            $"sh -c 'setsid --fork sleep 27182; touch {started}; sleep 27182' sh {{reference}} {{distorted}}");
        Assert.That(() => File.Exists(started), Is.True.After(60_000, 50));
        IReadOnlyList<int> helpersAndGuardian = PublishedCommand.HelpersOf(command.Id);
        Assert.That(helpersAndGuardian, Has.Count.EqualTo(3));
        Assert.That(Left, Has.Length.GreaterThanOrEqualTo(3).After(30_000, 50), "a shell and two sleeps");
        command.Kill();
        command.WaitForExit();

        Assert.That(() => helpersAndGuardian.Where(PublishedCommand.IsAlive), Is.Empty.After(30_000, 50), "helpers and guardian");
        Assert.That(Left, Is.Empty.After(30_000, 50), "processes of the tool");
        Assert.That(PublishedCommand.Run(environment, "compare", _reference, _reference).ExitCode, Is.Zero);
        Assert.That(Directory.GetDirectories(folder, "clipguard-streams-*"), Is.Empty);

        // The tool and what it started bear the group's folder in their environment.
        string[] Left() => [.. Directory.EnumerateDirectories("/proc").Where(process => Says(process, "environ", $"CLIPGUARD_SESSION={folder}"))];
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
