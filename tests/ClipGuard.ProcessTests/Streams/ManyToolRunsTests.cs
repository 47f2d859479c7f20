using System.Globalization;

using ClipGuard.Media;
using ClipGuard.Media.Streams;
using ClipGuard.Streams;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Streams;

/// <summary>Many runs, and long ones.</summary>
[TestFixture]
internal sealed class ManyToolRunsTests
{
    private const int Runs = 500;
    private const int Frames = 5;

    [Test]
    [CancelAfter(540_000)]
    public async Task Five_hundred_runs_leave_nothing_behind(CancellationToken cancellation)
    {
        using var media = new MediaFolder();
        string parent = Directory.CreateDirectory(media.PathOf("parent")).FullName;
        var clip = new FileSource(media.Make("clip.mkv", $"-f lavfi -i testsrc2=size=64x48:rate=25 -frames:v {Frames} -pix_fmt yuv420p -c:v ffv1"));
        ToolRunSpec run = Cat(clip, clip);
        await StreamTestRig.RunOnceAsync(StreamTestRig.Options, run);
        var before = new Leftovers();
        int timers = Timers();
        await using (var guard = new StreamGuard(StreamTestRig.Options with { Folder = parent }))
        {
            for (int i = 0; i < Runs; i++)
            {
                ToolOutcome outcome = await guard.RunAsync(run, cancellation);
                Assert.That(Timers(), Is.AtMost(timers), () => $"timers that are open when run {i} is done");
                Assert.That(outcome.Fault, Is.Null, () => $"run {i}: {outcome.Fault!.Message}");
                Assert.That(outcome.StandardOutput.Text.Trim(), Is.EqualTo((2 * Frames * 64 * 48 * 3 / 2).ToString(CultureInfo.InvariantCulture)));
            }

            Assert.That(Directory.EnumerateFileSystemEntries(Directory.GetDirectories(parent).Single()), Is.Empty, "folders of groups");
        }

        Assert.That(Directory.EnumerateFileSystemEntries(parent), Is.Empty);
        Assert.That(before.Find(), Is.Empty);
    }

    [Test]
    [CancelAfter(540_000)]
    public async Task A_pair_of_four_gigabytes_passes_in_constant_memory(CancellationToken cancellation)
    {
        // 350 frames of 12.4 MB each; a picture that does not move is decoded fast.
        const int frames = 350;
        using var media = new MediaFolder();
        string second = media.Make("second.mkv", "-f lavfi -i color=gray:size=3840x2160:rate=25 -frames:v 25 -pix_fmt yuv420p -c:v libx264 -preset ultrafast");
        var clip = new FileSource(media.Make("long.mkv", $"-stream_loop {(frames / 25) - 1} -i {second} -c copy"));
        await using var guard = new StreamGuard(StreamTestRig.Options with { Deadline = TimeSpan.FromMinutes(10), HelperMemoryBytes = 256 << 20 });
        GC.Collect();
        long before = GC.GetTotalAllocatedBytes();
        ForgetPeak();
        long residentBefore = PeakResidentBytes();
        ToolOutcome outcome = await guard.RunAsync(Cat(clip, clip), cancellation);

        Assert.That(outcome.Fault, Is.Null, () => outcome.Fault!.Message);
        Assert.That(
            long.Parse(outcome.StandardOutput.Text, CultureInfo.InvariantCulture),
            Is.EqualTo(2L * frames * 3840 * 2160 * 3 / 2).And.GreaterThan(8_000_000_000));

        // What the helpers may take is bounded by HelperMemoryBytes; this process has touched none of the frames. Looking for progress takes
        // some memory for each process of the machine, again and again while the run lasts: the bounds leave room for a slow run.
        Assert.That(GC.GetTotalAllocatedBytes() - before, Is.LessThan(1 << 30));
        Assert.That(PeakResidentBytes() - residentBefore, Is.LessThan(256 << 20));
    }

    // Each group has one, and the runtime none.
    private static int Timers() =>
        Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(fd => new FileInfo(fd).LinkTarget?.Contains("[timerfd]", StringComparison.Ordinal) == true);

    // As proc(5) has it: 5 sets the peak back to what is resident now.
    private static void ForgetPeak() => File.WriteAllText("/proc/self/clear_refs", "5");

    private static long PeakResidentBytes() => 1024 * long.Parse(
        File.ReadLines("/proc/self/status")
            .Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    // Counts the bytes of both, the second opened after the first has ended.
    private static ToolRunSpec Cat(ClipSource reference, ClipSource distorted) => new(
        new ToolCommand("sh", ["-c", "cat \"$1\" \"$2\" | wc -c", "sh", "{reference}", "{distorted}"]),
        [
            new ClipStream("reference", reference, new VideoStreamSpec { Form = VideoStreamFraming.Raw }),
            new ClipStream("distorted", distorted, new VideoStreamSpec { Form = VideoStreamFraming.Raw, FitTo = "reference" }),
        ]);
}
