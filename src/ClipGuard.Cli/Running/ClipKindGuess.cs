using ClipGuard.Media;

namespace ClipGuard.Cli.Running;

/// <summary>Tells from a file's name what it is probably wanted as. A manifest says so; a bare name does not.</summary>
internal static class ClipKindGuess
{
    private static readonly string[] Audio =
    [
        ".aac", ".ac3", ".aif", ".aiff", ".amr", ".caf", ".flac", ".m4a", ".mka", ".mp3", ".ogg", ".opus", ".vgm", ".wav", ".wma",
    ];

    private static readonly string[] Images =
    [
        ".avif", ".bmp", ".gif", ".jpeg", ".jpg", ".png", ".ppm", ".svg", ".tga", ".tif", ".tiff", ".webp",
    ];

    private static readonly string[] Video =
    [
        ".3gp", ".avi", ".flv", ".h264", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mxf", ".ogv", ".ts", ".webm", ".wmv",
    ];

    /// <summary>The kind, or null where the names say nothing.</summary>
    /// <param name="clip">The clip's file.</param>
    /// <param name="output">The file that receives it: only audio goes into a <c>.wav</c>.</param>
    public static ClipKind? Of(string clip, string output)
    {
        string ending = Path.GetExtension(clip).ToLowerInvariant();
        return string.Equals(Path.GetExtension(output), ".wav", StringComparison.OrdinalIgnoreCase) || Audio.Contains(ending) ? ClipKind.Audio
            : Images.Contains(ending) ? ClipKind.Image
            : Video.Contains(ending) ? ClipKind.Video
            : null;
    }
}
