using ClipGuard.Media.Native;

namespace ClipGuard.Streams;

/// <summary>Finds a program as a shell would.</summary>
internal static class ProgramSearch
{
    // Where to get the programs that people ask for. Those that are not here are named as they are.
    private static readonly Dictionary<string, string> Sources = new(StringComparer.Ordinal)
    {
        ["ffmpeg"] = "On Debian and Ubuntu: apt-get install ffmpeg",
        ["vmaf"] = "It is Netflix's program: build it from github.com/Netflix/vmaf (libvmaf) and put it into PATH; an ffmpeg that has the filter "
            + "libvmaf does too",
    };

    /// <summary>The absolute path of a program.</summary>
    /// <param name="program">A path, or a name to look for in PATH.</param>
    /// <exception cref="ToolUnavailableException">It is not there; the message says how to get it.</exception>
    public static string Find(string program)
    {
        string[] candidates = program.Contains('/', StringComparison.Ordinal)
            ? [Path.GetFullPath(program)]
            : [.. Folders().Select(folder => Path.Combine(folder, program))];
        if (candidates.FirstOrDefault(IsExecutable) is { } found)
        {
            return Path.GetFullPath(found);
        }

        string hint = Sources.TryGetValue(program, out string? source) ? $" {source}." : string.Empty;
        throw new ToolUnavailableException($"The program {program} is not installed or not executable.{hint}");
    }

    /// <summary>Whether a program is there.</summary>
    public static bool Has(string program) => Folders().Any(folder => IsExecutable(Path.Combine(folder, program)));

    private static string[] Folders() =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':', StringSplitOptions.RemoveEmptyEntries);

    private static bool IsExecutable(string path) => File.Exists(path) && Libc.Access(path, Libc.X_OK) == 0;
}
