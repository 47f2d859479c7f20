using ClipGuard.Media;
using ClipGuard.Supervision;
using ClipGuard.Tests.Cli;

namespace ClipGuard.Tests.Supervision;

/// <summary>The misbehaving helper: where it lies, and requests that are scripts for it.</summary>
internal static class TestHelper
{
    /// <summary>Built beside this assembly, under the same configuration.</summary>
    public static string ProgramPath { get; } = Beside("ClipGuard.MisbehavingHelper");

    /// <summary>ClipGuard's own helper, as it is published.</summary>
    public static string RealProgramPath => PublishedCommand.HelperProgram;

    /// <summary>The host whose end is watched.</summary>
    public static string HostProgramPath { get; } = Beside("ClipGuard.TestHost");

    /// <summary>The benchmarks, which hold the soak.</summary>
    public static string BenchmarksProgramPath { get; } = Beside("ClipGuard.Benchmarks");

    private static string Beside(string name) => Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", name, Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), name));

    /// <summary>Settings with clocks short enough for tests, and long enough for a busy machine.</summary>
    public static SupervisorOptions Options(Isolation isolation, string start = "well") => new()
    {
        Isolation = isolation,
        HelperPath = ProgramPath,
        HelperArguments = [start],
        Workers = 2,
        Spares = 1,
        Deadline = TimeSpan.FromSeconds(4),
        StallLimit = TimeSpan.FromSeconds(1.5),
        StartLimit = TimeSpan.FromSeconds(30),
        HelperMemoryBytes = 80 << 20,
        PayloadBytes = 64 << 20,
    };

    /// <summary>A request that the helper reads as a script.</summary>
    public static DecodeRequest Script(string name) => new(new FileSource($"/scripts/{name}"), new AudioSpec());
}
