namespace ClipGuard.Benchmarks;

/// <summary>
/// Clips to measure with, made once with the ffmpeg program and kept under artifacts/. The environment variable <c>CLIPGUARD_BENCH_SET</c> names a folder
/// with clips for the loader instead: their paths stand in its files <c>audio.txt</c> and <c>video.txt</c>, one a line.
/// </summary>
internal static class GeneratedBenchmarkClips
{
    private const string SetVariable = "CLIPGUARD_BENCH_SET";
    private static readonly string Folder = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "bench-clips"));
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Ten seconds of pink noise and a tone as mp3, 44.1 kHz, mono and stereo in turn.</summary>
    public static Task<string[]> Mp3Async(int count) => MakeAllAsync(count, i => ($"{i:000}.mp3", NoiseAndTone(i)));

    /// <summary>The same as mp3, aac, flac, wav and opus in turn.</summary>
    public static async Task<string[]> AudioAsync(int count) => Given("audio.txt") ?? await MakeAllAsync(count, i => (i % 5) switch
    {
        0 => ($"{i:000}.mp3", NoiseAndTone(i)),
        1 => ($"{i:000}.m4a", NoiseAndTone(i)),
        2 => ($"{i:000}.flac", NoiseAndTone(i)),
        3 => ($"{i:000}.wav", NoiseAndTone(i)),
        _ => ($"{i:000}.ogg", [.. NoiseAndTone(i, 48_000), "-c:a", "libopus"]),
    });

    /// <summary>One second of noise and a tone as WAV, 16 kHz, mono, 16 bits.</summary>
    public static Task<string[]> SecondsAsync(int count) => MakeAllAsync(count, i => ($"second-{i:000}.wav",
    [
        "-f", "lavfi", "-i", $"anoisesrc=d=1:c=pink:s={i}:a=0.3:r=16000", "-f", "lavfi", "-i", $"sine=f={200 + i}:d=1:r=16000",
        "-filter_complex", "amix", "-ac", "1", "-ar", "16000",
    ]));

    /// <summary>JPEGs of 2, 5 and 12 megapixels, with edges and some noise.</summary>
    public static Task<string[]> PicturesAsync(int count) => MakeAllAsync(count, i => ($"picture-{i:000}.jpg",
    [
        "-f", "lavfi", "-i", $"mandelbrot=s={(i % 3) switch { 0 => "1600x1200", 1 => "2592x1944", _ => "4000x3000" }}:start_scale={1 + (i * 0.1)}",
        "-vf", $"noise=alls=6:all_seed={i}", "-frames:v", "1", "-q:v", "3", "-pix_fmt", "yuvj420p",
    ]));

    /// <summary>
    /// Ten seconds of 720p H.264 at 30 frames a second, a key frame every 250, with a sound track; noise in it, so that it is not cheap to decode.
    /// </summary>
    public static async Task<string[]> VideoAsync(int count) => Given("video.txt") ?? await MakeAllAsync(count, i => ($"{i:000}.mp4",
    [
        "-f", "lavfi", "-i", $"testsrc2=s=1280x720:r=30:d=10,noise=alls=12:allf=t,rotate=0.05*sin(t+{i})", "-f", "lavfi", "-i", "sine=f=300:d=10", .. H264(26),
        "-c:a", "aac",
    ]));

    /// <summary>Twenty seconds of 720p H.264, and the same worse.</summary>
    public static Task<string[]> PairAsync() => MakeAllAsync(2, i => (i == 0 ? "reference.mp4" : "distorted.mp4",
        ["-f", "lavfi", "-i", "testsrc2=s=1280x720:r=30:d=20,noise=alls=12:allf=t:all_seed=1", .. H264(i == 0 ? 20 : 34)]));

    private static string[] NoiseAndTone(int number, int rateHz = 44_100) =>
        ["-f", "lavfi", "-i", $"anoisesrc=d=10:c=pink:s={number}:a=0.3", "-f", "lavfi", "-i", $"sine=f={200 + number}:d=10",
            "-filter_complex", "amix", "-ac", $"{1 + (number % 2)}", "-ar", $"{rateHz}"];

    private static string[] H264(int quality) => ["-c:v", "libx264", "-preset", "veryfast", "-crf", $"{quality}", "-pix_fmt", "yuv420p"];

    private static string[]? Given(string list) =>
        Environment.GetEnvironmentVariable(SetVariable) is { Length: > 0 } folder ? File.ReadAllLines(Path.Combine(folder, list)) : null;

    private static async Task<string[]> MakeAllAsync(int count, Func<int, (string Name, string[] Arguments)> recipe)
    {
        Directory.CreateDirectory(Folder);
        string[] clips = new string[count];
        for (int i = 0; i < count; i++)
        {
            (string name, string[] arguments) = recipe(i);
            clips[i] = Path.Combine(Folder, name);
            if (!File.Exists(clips[i]))
            {
                string part = Path.Combine(Folder, $"part-{name}");
                await ChildProgram.MustRunAsync("ffmpeg", ["-nostdin", "-v", "error", "-y", .. arguments, part], Limit);
                File.Move(part, clips[i]);
            }
        }

        return clips;
    }
}
