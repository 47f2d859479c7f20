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

    /// <summary>The libraries with their major versions, each behind those that it needs.</summary>
    public (string Name, int Major)[] Libraries =>
        [("avutil", Util), ("swresample", Resample), ("swscale", Scale), ("avcodec", Codec), ("avformat", Format)];

    /// <summary>The file names of <see cref="Libraries"/>, in that order.</summary>
    public IEnumerable<string> FileNames => Libraries.Select(library => FileName(library.Name, library.Major));

    /// <summary>Name of the file that holds one version of a library.</summary>
    public static string FileName(string library, int major) => $"lib{library}.so.{major}";
}
