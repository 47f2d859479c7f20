using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav;

/// <summary>What the package's bindings need before their first call.</summary>
internal static class LibavBindings
{
    /// <summary>An empty root leaves the search to the system's loader; the package would look beside the application only.</summary>
    public static void Prepare() => ffmpeg.RootPath = string.Empty;
}
