namespace ClipGuard.Media.Libav.SelfCheck;

/// <summary>
/// Which FFmpegs have passed <see cref="LibavSelfCheck"/>, as a text: what build of ClipGuard checked, then their files as
/// <see cref="LoadedLibavFiles"/> describes them, with an empty line between.
/// </summary>
internal static class PassedChecks
{
    private const string Separator = "\n\n";

    // Another build may check more.
    private static string Build => $"ClipGuard {typeof(PassedChecks).Module.ModuleVersionId}";

    /// <summary>The descriptions in a text; none where another build wrote it.</summary>
    public static string[] Parse(string? text) => text?.Split(Separator) is [{ } build, .. { } passed] && build == Build ? passed : [];

    /// <summary>The text of some descriptions.</summary>
    public static string Write(IEnumerable<string> passed) => string.Join(Separator, passed.Prepend(Build));
}
