using ClipGuard.Media;
using ClipGuard.Media.Streams;
using ClipGuard.Streams;

namespace ClipGuard.ProcessTests.Support;

/// <summary>Guards and runs for tests: the real helper or the misbehaving one, tools that are scripts, both orders of opening.</summary>
internal static class StreamTestRig
{
    public const string Reference = "reference";
    public const string Distorted = "distorted";

    /// <summary>The real helper.</summary>
    public static string HelperPath => PublishedCommand.HelperProgram;

    /// <summary>Settings with clocks short enough for tests, and long enough for a busy machine.</summary>
    public static StreamOptions Options { get; } = new()
    {
        HelperPath = HelperPath,
        GuardianPath = HelperPath,
        Deadline = TimeSpan.FromSeconds(60),
        StallLimit = TimeSpan.FromSeconds(5),
        OpenLimit = TimeSpan.FromSeconds(40),
        Tries = 1,
        Runs = 2,
    };

    /// <summary>For what is to stall: short enough not to wait long for it, and longer than any process waits for a core.</summary>
    public static TimeSpan ShortStall { get; } = TimeSpan.FromSeconds(1.2);

    /// <summary>As <see cref="Options"/>, with helpers that write scripts.</summary>
    public static StreamOptions Scripted(string start = "well") =>
        Options with { HelperPath = MisbehavingHelperProgram.ProgramPath, HelperArguments = [start] };

    /// <summary>A run of a scripted tool that opens its inputs in the order given.</summary>
    public static ToolRunSpec Run(
        string tool, bool distortedFirst, ClipSource reference, ClipSource distorted, VideoStreamFraming form = VideoStreamFraming.Raw)
    {
        string[] order = distortedFirst ? ["{distorted}", "{reference}"] : ["{reference}", "{distorted}"];
        return new ToolRunSpec(
            // Killed, the tool would leave the runtime's diagnostic pipes behind, as any .NET program does.
            new ToolCommand("env", ["DOTNET_EnableDiagnostics=0", MisbehavingHelperProgram.ProgramPath, "tool", tool, .. order]),
            [
                new ClipStream(Reference, reference, new VideoStreamSpec { Form = form }),
                new ClipStream(Distorted, distorted, new VideoStreamSpec { Form = form, FitTo = Reference }),
            ]);
    }

    /// <summary>Runs a tool under a guard of its own, which is gone afterwards.</summary>
    public static async Task RunOnceAsync(StreamOptions options, ToolRunSpec run)
    {
        await using var guard = new StreamGuard(options);
        await guard.RunAsync(run);
    }

    /// <summary>A run that writes a stream into a file as it comes and says its name.</summary>
    public static ToolRunSpec Copy(string clip, StreamSpec spec, string target) => new(
        new ToolCommand("sh", ["-c", "cat \"$1\" > \"$2\"; echo \"$1\"", "sh", "{clip}", target]),
        [new ClipStream("clip", new FileSource(clip), spec)]);

    /// <summary>Does the same for both orders at once: a guard of these options has room for two runs, and what is waited for is waited for once.</summary>
    /// <param name="test">Told whether the tool opens the second stream first.</param>
    public static Task InBothOrdersAsync(Func<bool, Task> test) => Task.WhenAll(test(true), test(false));

    /// <summary>A clip that the misbehaving helper reads as a script.</summary>
    public static ClipSource Script(string name) => new FileSource($"/scripts/{name}");
}
