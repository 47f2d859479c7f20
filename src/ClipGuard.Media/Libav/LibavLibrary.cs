using System.Runtime.InteropServices;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav;

/// <summary>FFmpeg's shared libraries on this machine: whether they are there, and in the version that this build calls.</summary>
public static class LibavLibrary
{
    private const int Codec = ffmpeg.LIBAVCODEC_VERSION_MAJOR;

    private static readonly (string Name, int Major)[] Needed =
    [
        ("avutil", ffmpeg.LIBAVUTIL_VERSION_MAJOR),
        ("swresample", ffmpeg.LIBSWRESAMPLE_VERSION_MAJOR),
        ("swscale", ffmpeg.LIBSWSCALE_VERSION_MAJOR),
        ("avcodec", Codec),
        ("avformat", ffmpeg.LIBAVFORMAT_VERSION_MAJOR),
    ];

    private static readonly Lazy<string?> Problem = new(Load);

    /// <summary>The libraries' version, as in <c>FFmpeg 5.1.9</c>. Known once <see cref="FindProblem"/> has returned null.</summary>
    public static string Version { get; private set; } = "FFmpeg";

    /// <summary>Loads the libraries once. Cheap after the first call.</summary>
    /// <returns>Null where they can be used; otherwise what is wrong and the command that installs them.</returns>
    public static string? FindProblem() => Problem.Value;

    private static string? Load()
    {
        string[] missing = [.. Needed.Select(library => FileName(library.Name, library.Major)).Where(file => !NativeLibrary.TryLoad(file, out _))];
        if (missing.Length > 0)
        {
            return Explain(missing);
        }

        LibavBindings.Prepare();
        uint codec = ffmpeg.avcodec_version() >> 16;
        if (codec != Codec)
        {
            return $"{FileName("avcodec", Codec)} says that it is version {codec}; this build of ClipGuard calls version {Codec}. {Command()}";
        }

        Version = $"FFmpeg {ShortVersion(ffmpeg.av_version_info())}";
        LibavLog.Install();
        return null;
    }

    private static string Explain(string[] missing)
    {
        int? other = Enumerable.Range(56, 12)
            .Where(major => major != Codec && NativeLibrary.TryLoad(FileName("avcodec", major), out _))
            .Cast<int?>()
            .LastOrDefault();
        string found = other is null
            ? string.Empty
            : $" Found {FileName("avcodec", other.Value)}, which this build of ClipGuard cannot call: it is built for major version {Codec}.";
        return $"FFmpeg's shared libraries are missing: {string.Join(", ", missing)}.{found} {Command()}";
    }

    private static string Command() =>
        $"On Debian and Ubuntu: apt-get install {string.Join(' ', Needed.Reverse().Select(library => $"lib{library.Name}{library.Major}"))}";

    private static string FileName(string name, int major) => $"lib{name}.so.{major}";

    // Distributions append their own revision: 5.1.9-0+deb12u1.
    private static string ShortVersion(string full) => full.Split('-', 2)[0];
}
