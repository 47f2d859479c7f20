using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

using ClipGuard.Media.Libav;
using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Processes;

namespace ClipGuard.Supervision;

/// <summary>
/// Which FFmpeg helpers found when they looked for one, by all that this depends on, so that the next run of this user need not start a helper to learn it.
/// Only what has passed ClipGuard's check is kept. Whatever keeps it from being read or written leads to another look: it is a cache.
/// </summary>
/// <param name="file">Where it is; its folder is made when it is needed.</param>
/// <param name="root">Where the loader's files and folders are.</param>
internal sealed class FFmpegLocationCache(string file, string root = "/")
{
    private const int MostKept = 16;
    private const int LinesBeforeFiles = 2;
    private const string Separator = "\n\n";

    // No line may be empty.
    private const string WarningMark = "warning ";

    /// <summary>The file of this user: <c>clipguard/ffmpeg-found</c> in <c>XDG_CACHE_HOME</c>, or in <c>~/.cache</c>.</summary>
    public static FFmpegLocationCache OfUser { get; } = new(Path.Combine(UserCache.Folder, "ffmpeg-found"));

    /// <summary>What helpers started so would find; null where that is not known, or no longer there as it was.</summary>
    public CheckedMessage? Find(HelperLaunch launch)
    {
        string circumstances = Circumstances(launch);
        foreach (string[] lines in Kept().Select(static entry => entry.Split('\n')))
        {
            if (lines.Length == LinesBeforeFiles + LibavRelease.Libraries.Length && lines[0] == circumstances)
            {
                string? warning = lines[1].Length > WarningMark.Length ? lines[1][WarningMark.Length..] : null;
                var found = new CheckedMessage(string.Join('\n', lines[LinesBeforeFiles..]), warning);
                return LoadedLibavFiles.FindChanged(found.Files) is null ? found : null;
            }
        }

        return null;
    }

    /// <summary>Keeps what helpers started so have found.</summary>
    public void Keep(HelperLaunch launch, CheckedMessage found)
    {
        string circumstances = Circumstances(launch);
        if (circumstances.Contains('\n', StringComparison.Ordinal) || found.Warning?.Contains('\n', StringComparison.Ordinal) == true)
        {
            return;
        }

        IEnumerable<string> others = Kept().Where(entry => entry.Split('\n')[0] != circumstances).TakeLast(MostKept - 1);
        byte[] text = Encoding.UTF8.GetBytes(string.Join(Separator, others.Append($"{circumstances}\n{WarningMark}{found.Warning}\n{found.Files}")));
        _ = CacheFile.TryReplace(file, stream => stream.Write(text));
    }

    private string[] Kept() => CacheFile.TryRead(file)?.Split(Separator) ?? [];

    // All that decides what a helper finds: this build, the helper's program and environment, and where the system's loader looks, by their times. A library
    // that is installed or removed changes the time of its folder.
    private string Circumstances(HelperLaunch launch)
    {
        string architecture = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => "x86_64-linux-gnu",
            Architecture.Arm64 => "aarch64-linux-gnu",
            var other => other.ToString(),
        };
        string[] system = ["lib", "lib64", "usr/lib", "usr/lib64", $"lib/{architecture}", $"usr/lib/{architecture}", "usr/local/lib"];
        IEnumerable<string> looked = system.Prepend("etc/ld.so.cache").Select(path => Path.Join(root, path))
            .Concat(Value(launch, "LD_LIBRARY_PATH").Split(':'))
            .Append(Value(launch, WireProtocol.FFmpegVariable))
            .Prepend(launch.Path)
            .Where(static path => path.StartsWith('/'));
        return string.Join('|', looked.Select(Stamp).Concat(launch.Environment).Prepend(typeof(LibavLoader).Module.ModuleVersionId.ToString()));
    }

    private static string Value(HelperLaunch launch, string variable) =>
        launch.Environment.FirstOrDefault(text => text.StartsWith(variable + "=", StringComparison.Ordinal))?[(variable.Length + 1)..] ?? string.Empty;

    private static string Stamp(string path) => string.Create(CultureInfo.InvariantCulture, $"{path} {File.GetLastWriteTimeUtc(path).Ticks}");
}
