namespace ClipGuard;

/// <summary>The folder of caches that programs of this user share: <c>clipguard</c> in <c>XDG_CACHE_HOME</c>, or in <c>~/.cache</c>.</summary>
internal static class UserCache
{
    /// <summary>Where it is; whoever writes there makes it.</summary>
    public static string Folder => Path.Combine(Home, "clipguard");

    private static string Home => Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } home && Path.IsPathRooted(home)
        ? home
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
}
