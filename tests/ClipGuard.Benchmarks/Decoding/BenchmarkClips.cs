using System.Diagnostics;


namespace ClipGuard.Benchmarks.Decoding;

/// <summary>Clips that are not trivially cheap, made with the ffmpeg program.</summary>
internal static class BenchmarkClips
{
    private const string Noise = "-f lavfi -i \"anoisesrc=d=10:c=pink:seed=1:a=0.3[n];sine=f=300:d=10[s];[n][s]amix\" -ar";

    /// <summary>Ten seconds each of the usual codecs, stereo.</summary>
    public static string[] Audio(string folder) =>
    [
        Make(folder, "a.mp3", $"{Noise} 44100 -ac 2"),
        Make(folder, "a.m4a", $"{Noise} 44100 -ac 2"),
        Make(folder, "a.flac", $"{Noise} 44100 -ac 2"),
        Make(folder, "a.wav", $"{Noise} 44100 -ac 2"),
        Make(folder, "a.ogg", $"{Noise} 48000 -ac 2 -c:a libopus"),
    ];

    /// <summary>720p H.264 at 30 frames a second for ten seconds, or 360p at 25 for longer ones.</summary>
    public static string[] Video(string folder, int seconds, int keySeconds)
    {
        (string size, int rate) = seconds > 10 ? ("640x360", 25) : ("1280x720", 30);
        return
        [
            Make(
                folder,
                $"v{seconds}-{keySeconds}.mp4",
                $"-f lavfi -i testsrc2=s={size}:r={rate}:d={seconds},noise=alls=12:allf=t -c:v libx264 -preset veryfast -crf 26 -pix_fmt yuv420p -x264-params "
                    + $"keyint={keySeconds * rate}:scenecut=0"),
        ];
    }

    private static string Make(string folder, string name, string arguments)
    {
        string path = Path.Combine(folder, name);
        using Process process = Process.Start("ffmpeg", $"-nostdin -v error -y {arguments} \"{path}\"");
        process.WaitForExit();
        return process.ExitCode == 0 ? path : throw new InvalidOperationException($"ffmpeg {arguments} failed.");
    }
}
