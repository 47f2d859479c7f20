namespace ClipGuard.Media.Libav;

/// <summary>An FFmpeg whose libraries ClipGuard can call, by the major versions in the names of its five libraries.</summary>
/// <param name="Name">The release as people call it.</param>
/// <param name="Codec">Of libavcodec.</param>
/// <param name="Format">Of libavformat.</param>
/// <param name="Util">Of libavutil.</param>
/// <param name="Resample">Of libswresample.</param>
/// <param name="Scale">Of libswscale.</param>
internal sealed record LibavRelease(string Name, int Codec, int Format, int Util, int Resample, int Scale)
{
    /// <summary>The libraries, each behind those that it needs.</summary>
    public static readonly string[] Libraries = ["avutil", "swresample", "swscale", "avcodec", "avformat"];

    /// <summary>All of them, the newest first.</summary>
    public static readonly LibavRelease[] All =
    [
        new("9", Codec: 63, Format: 63, Util: 61, Resample: 7, Scale: 10),
        new("8", Codec: 62, Format: 62, Util: 60, Resample: 6, Scale: 9),
        new("7", Codec: 61, Format: 61, Util: 59, Resample: 5, Scale: 8),
        new("6", Codec: 60, Format: 60, Util: 58, Resample: 4, Scale: 7),
        new("5.1", Codec: 59, Format: 59, Util: 57, Resample: 4, Scale: 6),
    ];

    /// <summary>The oldest and the newest in words.</summary>
    public static string Span => $"FFmpeg {All[^1].Name} to {All[0].Name}";

    /// <summary>Major version of the release itself.</summary>
    public int Major => Name[0] - '0';

    /// <summary>What whoever uses it should know; null for nothing.</summary>
    public string? Warning => Codec == 60
        ? $"ClipGuard's tests have not been run on FFmpeg {Name}: it has passed a check of its structures and of three clips that are known."
        : null;

    /// <summary>The file names of <see cref="Libraries"/>, in that order.</summary>
    public string[] FileNames { get; } =
    [
        FileName("avutil", Util), FileName("swresample", Resample), FileName("swscale", Scale), FileName("avcodec", Codec), FileName("avformat", Format),
    ];

    /// <summary>
    /// True where files are those of this release, in the order of <see cref="Libraries"/>: libavutil.so.57 or libavutil.so.57.28.100, and so on.
    /// </summary>
    public bool IsOf(string[] paths)
    {
        for (int i = 0; i < FileNames.Length; i++)
        {
            if (paths.Length != FileNames.Length || !IsNamed(Path.GetFileName(paths[i]), FileNames[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True for a library's file name with or without the rest of its version.</summary>
    public static bool IsNamed(string file, string name) => file == name || file.StartsWith($"{name}.", StringComparison.Ordinal);

    /// <summary>Name of the file that holds one version of a library.</summary>
    public static string FileName(string library, int major) => $"lib{library}.so.{major}";
}
