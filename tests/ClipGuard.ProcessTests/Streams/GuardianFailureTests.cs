using System.Globalization;

using ClipGuard.Media;
using ClipGuard.Streams;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Streams;

/// <summary>Guardians that die or do not react: no process of the group is left all the same.</summary>
[TestFixture]
internal sealed class GuardianFailureTests
{
    private MediaFolder _media = null!;
    private FileSource _clip = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _media = new MediaFolder();
        _clip = new FileSource(_media.Make("clip.mkv", "-f lavfi -i testsrc2=size=64x48:rate=25 -frames:v 5 -pix_fmt yuv420p -c:v ffv1"));
        await StreamTestRig.RunOnceAsync(StreamTestRig.Options, StreamTestRig.Run("in-step", false, _clip, _clip));
    }

    [OneTimeTearDown]
    public void Stop() => _media.Dispose();

    [Test]
    [CancelAfter(120_000)]
    public async Task One_that_is_killed_leaves_no_process_of_its_tool(CancellationToken cancellation)
    {
        var leftovers = new Leftovers();
        await using (var guard = new StreamGuard(StreamTestRig.Options with { StallLimit = TimeSpan.FromSeconds(20) }))
        {
            using var caller = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            Task<ToolOutcome> run = guard.RunAsync(StreamTestRig.Run("daemon-and-sleeps:27183", false, _clip, _clip), caller.Token);
            int[] sleeps = await SleepsAsync(cancellation);
            Signals.Send("KILL", Guardian());

            // The run is tried again, with another guardian and other processes.
            Assert.That(() => sleeps.Where(IsAlive), Is.Empty.After(60_000, 50));
            await caller.CancelAsync();
            Assert.ThrowsAsync(Is.InstanceOf<OperationCanceledException>(), () => run);
            Assert.That(Sleeps(), Is.Empty);
        }

        Assert.That(leftovers.Find(), Is.Empty);
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task One_that_does_not_react_is_killed(CancellationToken cancellation)
    {
        var leftovers = new Leftovers();
        await using (var guard = new StreamGuard(StreamTestRig.Options with { StallLimit = TimeSpan.FromSeconds(20) }))
        {
            using var caller = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            Task<ToolOutcome> run = guard.RunAsync(StreamTestRig.Run("daemon-and-sleeps:27183", false, _clip, _clip), caller.Token);
            await SleepsAsync(cancellation);
            Signals.Send("STOP", Guardian());
            await caller.CancelAsync();

            Assert.ThrowsAsync(Is.InstanceOf<OperationCanceledException>(), () => run);
            Assert.That(Sleeps(), Is.Empty);
        }

        Assert.That(leftovers.Find(), Is.Empty);
    }

    private static async Task<int[]> SleepsAsync(CancellationToken cancellation)
    {
        while (Sleeps().Length == 0)
        {
            await Task.Delay(20, cancellation);
        }

        return Sleeps();
    }

    private static int[] Sleeps() => [.. Running(line => line == "/bin/sleep\u000027183\u0000")];

    private static int Guardian() => Running(line => line.EndsWith("\u0000guard\u0000", StringComparison.Ordinal)).Single(Leftovers.Children().Contains);

    private static bool IsAlive(int pid) => Running(_ => true).Contains(pid);

    // The dead that nobody has reaped have no command line.
    private static IEnumerable<int> Running(Func<string, bool> commandLine) => Directory.EnumerateDirectories("/proc")
        .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) ? pid : 0)
        .Where(pid => pid > 0 && CommandLine(pid) is { Length: > 0 } line && commandLine(line));

    private static string CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline");
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }
}
