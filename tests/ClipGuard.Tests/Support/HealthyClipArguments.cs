namespace ClipGuard.Tests.Support;

/// <summary>ffmpeg's arguments for small clips of many kinds.</summary>
internal static class HealthyClipArguments
{
    private const string Sine = "-f lavfi -i sine=f=440:d=2:r=44100";
    private const string Picture = "-f lavfi -i testsrc2=s=320x240:r=25:d=2";

    /// <summary>File names and arguments of healthy audio.</summary>
    public static readonly (string Name, string Arguments)[] Audio =
    [
        ("tone.wav", Sine),
        ("tone.mp3", Sine),
        ("tone.flac", Sine),
        ("tone.m4a", Sine),
        ("tone.opus", $"{Sine} -c:a libopus"),
        ("tone.ogg", $"{Sine} -c:a libvorbis"),
    ];

    /// <summary>File names and arguments of healthy video.</summary>
    public static readonly (string Name, string Arguments)[] Video =
    [
        ("h264.mp4", $"{Picture} -c:v libx264 -pix_fmt yuv420p"),
        ("vp9.webm", $"{Picture} -c:v libvpx-vp9 -deadline realtime -cpu-used 8"),
        ("mpeg4.avi", $"{Picture} -c:v mpeg4"),
        ("h264.ts", $"{Picture} -c:v libx264 -pix_fmt yuv420p"),
        ("raw.h264", $"{Picture} -c:v libx264 -pix_fmt yuv420p"),
        ("variable.mp4", $"{Picture} -vf select='lt(mod(n\\,7)\\,4)' -fps_mode vfr -c:v libx264 -pix_fmt yuv420p"),
        ("moving.gif", Picture),
    ];
}
