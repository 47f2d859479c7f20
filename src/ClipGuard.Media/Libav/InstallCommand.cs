namespace ClipGuard.Media.Libav;

/// <summary>
/// What installs FFmpeg's shared libraries on this machine, in words: by the package manager that is there, under names that every release of it has.
/// </summary>
internal static class InstallCommand
{
    private static readonly (string Program, string Command)[] PackageManagers =
    [
        ("/usr/bin/apt-get", "sudo apt-get update && sudo apt-get install -y --no-install-recommends ffmpeg"),
        ("/usr/bin/dnf", "sudo dnf install -y ffmpeg-free"),
        ("/usr/bin/pacman", "sudo pacman -S --noconfirm ffmpeg"),
        ("/sbin/apk", "sudo apk add ffmpeg-libs"),
        ("/usr/bin/zypper", "sudo zypper --non-interactive install ffmpeg"),
    ];

    /// <summary>A sentence.</summary>
    public static string ForFFmpeg =>
        PackageManagers.FirstOrDefault(manager => File.Exists(manager.Program)).Command is { } command
        ? $"Install them with: {command}"
        : $"Install {LibavRelease.Span} with its shared libraries.";
}
