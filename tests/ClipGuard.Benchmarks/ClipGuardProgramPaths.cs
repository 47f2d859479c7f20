namespace ClipGuard.Benchmarks;

/// <summary>The programs that are measured.</summary>
internal static class ClipGuardProgramPaths
{
    /// <summary>The scripted helper of the tests, built beside this program.</summary>
    public static string Scripted { get; } = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory,
        "..",
        "..",
        "ClipGuard.MisbehavingHelper",
        Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')),
        "ClipGuard.MisbehavingHelper"));

    /// <summary>The helper as it is published.</summary>
    public static string Published => InPublishedFolder("ClipGuard.Helper");

    /// <summary>The command as it is published.</summary>
    public static string PublishedCommand => InPublishedFolder("clipguard");

    private static string InPublishedFolder(string program)
    {
        string path = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "clipguard", program));
        return File.Exists(path) ? path : throw new FileNotFoundException("The published program is not there: run the target Publish first.", path);
    }
}
