namespace ClipGuard.Benchmarks;

/// <summary>The helpers that are measured.</summary>
internal static class Programs
{
    /// <summary>The scripted helper of the tests, built beside this program.</summary>
    public static string Scripted { get; } = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", "ClipGuard.MisbehavingHelper", Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), "ClipGuard.MisbehavingHelper"));

    /// <summary>The helper as it is published.</summary>
    public static string Published
    {
        get
        {
            string path = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "clipguard", "ClipGuard.Helper"));
            return File.Exists(path) ? path : throw new FileNotFoundException("The published helper is not there: run the target Publish first.", path);
        }
    }
}
