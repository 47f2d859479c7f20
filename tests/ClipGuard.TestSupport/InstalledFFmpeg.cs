using ClipGuard.Media.Libav;

namespace ClipGuard.TestSupport;

/// <summary>Which FFmpeg the tests run on, where what is right depends on it (<c>src/ClipGuard.Media/Libav/LibavDifferences.md</c>).</summary>
internal static class InstalledFFmpeg
{
    /// <summary>The major version of the libraries, 5 to 9.</summary>
    public static int Major
    {
        get
        {
            _ = LibavLoader.FindProblem();
            return LibavLoader.Loaded?.Release.Major ?? 0;
        }
    }

    /// <summary>The major version of the ffmpeg program, which may be another one's.</summary>
    public static int ProgramMajor { get; } = FfmpegProgram.Major;
}
