using System.Runtime.InteropServices;

using ClipGuard.Media.Wire;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav;

/// <summary>FFmpeg's shared libraries on this machine: which of them are used, and what is wrong where none can be.</summary>
public static class LibavLoader
{
    private static readonly Lock Gate = new();
    private static bool _tried;
    private static string? _choice;
    private static string? _problem;

    /// <summary>The libraries' version, as in <c>FFmpeg 5.1.9</c>. Known once <see cref="FindProblem()"/> has returned null.</summary>
    public static string Version { get; private set; } = "FFmpeg";

    /// <summary>Version and files of what was loaded.</summary>
    internal static string Description => Loaded is null ? Version : $"{Version}: {string.Join(", ", Files)}";

    /// <summary>Paths of the five libraries that were loaded, in the order of <see cref="LibavRelease.Libraries"/>; empty before.</summary>
    internal static string[] Files => Loaded is { } set ? LoadedLibavFiles.Paths(LoadedLibavFiles.Describe(set)) : [];

    /// <summary>What was loaded; null before and where that failed.</summary>
    internal static LibavSet? Loaded { get; private set; }

    /// <summary>
    /// Loads the libraries once: the newest whole set, or what <c>CLIPGUARD_FFMPEG</c> says (a folder, or FFmpeg's major version). Cheap after the first call.
    /// </summary>
    /// <returns>Null where they can be used; otherwise what is wrong and the command that installs them.</returns>
    public static string? FindProblem()
    {
        lock (Gate)
        {
            return _tried ? _problem : FindProblem(Environment.GetEnvironmentVariable(WireProtocol.FFmpegVariable));
        }
    }

    /// <inheritdoc cref="FindProblem()"/>
    /// <param name="choice">What <c>CLIPGUARD_FFMPEG</c> would say; a process loads one FFmpeg only.</param>
    internal static string? FindProblem(string? choice)
    {
        lock (Gate)
        {
            if (!_tried)
            {
                (_tried, _choice, _problem) = (true, choice, Load(choice));
            }

            return _problem is null && choice != _choice
                ? $"{Version} is in use in this process already, so that '{choice}' cannot be."
                : _problem;
        }
    }

    private static string? LoadChecked(string files) =>
        LoadedLibavFiles.FindChanged(files) is { } changed
            ? $"{changed} is no longer what was checked when this run began: FFmpeg was replaced. Start the run again."
        : LibavSet.TryLoad(LoadedLibavFiles.Paths(files)) is { } set ? Use(set)
        : $"FFmpeg could be loaded when this run began, and cannot any more: {string.Join(", ", LoadedLibavFiles.Paths(files))}.";

    private static string? Load(string? text)
    {
        if (Environment.GetEnvironmentVariable(WireProtocol.CheckedFFmpegVariable) is { Length: > 0 } files)
        {
            return LoadChecked(files);
        }

        var choice = LibavReleaseRequest.Parse(text, out string? problem);
        if (problem is not null)
        {
            return problem;
        }

        foreach (LibavRelease release in LibavBindings.Releases)
        {
            if (choice.Allows(release) && LibavSet.TryLoad(release, choice.Folder) is { } set)
            {
                return Use(set);
            }
        }

        return Explain(choice);
    }

    private static string? Use(LibavSet set)
    {
        LibavBindings.Use(set);
        uint codec = ffmpeg.avcodec_version() >> 16;
        if (codec != set.Release.Codec)
        {
            return $"{LibavRelease.FileName("avcodec", set.Release.Codec)} says that it is version {codec}: it is not what its name says.";
        }

        Version = $"FFmpeg {ShortVersion(ffmpeg.av_version_info(), set.Release)}{LibavBindings.Note}";
        Loaded = set;
        LibavLog.Install();
        return null;
    }

    private static string Explain(LibavReleaseRequest choice)
    {
        LibavRelease[] callable = LibavBindings.Releases;
        string wanted = choice.Major is { } major ? $"FFmpeg {major}" : callable.Length == 1 ? $"FFmpeg {callable[0].Name}" : LibavRelease.Span;
        string place = choice.Folder is null ? "here" : $"in {choice.Folder}";
        string[] found = [.. Present(choice.Folder)];
        string others = found.Length == 0 ? string.Empty : $" There is only: {string.Join(", ", found)}.";
        return $"FFmpeg's shared libraries are missing: libavformat, libavcodec, libavutil, libswresample and libswscale of {wanted} are not all {place}."
            + $"{others} {InstallCommand.ForFFmpeg}";
    }

    // Which of the five are there in any version, whether ClipGuard knows it or not.
    private static IEnumerable<string> Present(string? folder)
    {
        const int Oldest = 2, Newest = 80;
        foreach (string library in LibavRelease.Libraries)
        {
            for (int major = Oldest; major <= Newest; major++)
            {
                string file = LibavRelease.FileName(library, major);
                if (NativeLibrary.TryLoad(folder is null ? file : Path.Combine(folder, file), out nint handle))
                {
                    NativeLibrary.Free(handle);
                    yield return file;
                }
            }
        }
    }

    // Distributions append their own revision: 5.1.9-0+deb12u1. What was built between two releases is called N-1234-g0123abc.
    private static string ShortVersion(string full, LibavRelease release) =>
        char.IsAsciiDigit(full[0]) ? full.Split('-', 2)[0] : $"{release.Name} ({full})";
}
