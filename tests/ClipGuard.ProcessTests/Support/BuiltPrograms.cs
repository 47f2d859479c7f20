namespace ClipGuard.ProcessTests.Support;

/// <summary>The other programs of the tests, each built in a folder beside this assembly's under the same configuration.</summary>
internal static class BuiltPrograms
{
    /// <summary>The program that starts helpers and is then killed, or does what only a process of its own can do.</summary>
    public static string TestHost { get; } = PathOf("ClipGuard.TestHost");

    /// <summary>The benchmarks, which hold the soak.</summary>
    public static string Benchmarks { get; } = PathOf("ClipGuard.Benchmarks");

    /// <summary>Where a project's program is.</summary>
    public static string PathOf(string project) => Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", project, Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), project));
}
