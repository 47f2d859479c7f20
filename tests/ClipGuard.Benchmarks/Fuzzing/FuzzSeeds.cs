namespace ClipGuard.Benchmarks.Fuzzing;

/// <summary>
/// The files that are damaged: those of the sample, and small ones of many containers and codecs, made once with the ffmpeg program and kept under artifacts/.
/// </summary>
internal static class FuzzSeeds
{
    private const int MostBytes = 300_000;
    private const string Sine = "-f lavfi -i sine=f=440:d=0.6:r=44100";
    private const string Stereo = "-f lavfi -i sine=f=440:d=0.6:r=48000,aformat=channel_layouts=stereo";
    private const string Moving = "-f lavfi -i testsrc2=s=64x48:r=10:d=1";
    private const string Still = "-f lavfi -i testsrc2=s=48x32:d=1 -frames:v 1";

    private static readonly string Folder = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "fuzz-media"));
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    // A FLAC in OGG and an MPEG-4 in AVI go other ways than in containers of their own; where an encoder is missing the kind is left out.
    private static readonly (string Name, string Arguments)[] Recipes =
    [
        ("s16.wav", Sine), ("f32.wav", $"{Stereo} -c:a pcm_f32le"), ("adpcm.wav", $"{Sine} -c:a adpcm_ms"), ("ima.wav", $"{Sine} -c:a adpcm_ima_wav"),
            ("long.w64", Sine),
        ("tone.aiff", Sine), ("tone.au", Sine), ("tone.caf", Sine), ("tone.flac", Sine), ("flac.ogg", $"{Sine} -c:a flac"),
            ("vorbis.ogg", $"{Sine} -c:a libvorbis"),
        ("tone.opus", $"{Stereo} -c:a libopus"), ("speex.ogg", "-f lavfi -i sine=d=0.6:r=16000 -c:a libspeex"), ("tone.mp3", Sine), ("two.mp2", Stereo),
            ("adts.aac", Sine),
        ("aac.m4a", Sine), ("alac.m4a", $"{Sine} -c:a alac"), ("parts.m4a", $"{Sine} -movflags +frag_keyframe+empty_moov -frag_duration 200000"),
            ("tone.ac3", Stereo),
        ("tone.wma", Sine), ("tone.tta", Sine), ("tone.wv", Sine), ("opus.webm", $"{Stereo} -c:a libopus"), ("pcm.mov", $"{Sine} -c:a pcm_s16be"),
            ("tone.amr", "-f lavfi -i sine=d=0.6:r=8000 -c:a libopencore_amrnb"),
        ("h264.mp4", $"{Moving} -c:v libx264 -pix_fmt yuv420p -bf 2"),
            ("parts.mp4", $"{Moving} -c:v libx264 -pix_fmt yuv420p -g 3 -movflags +frag_keyframe+empty_moov"),
        ("h264.mkv", $"{Moving} -c:v libx264 -pix_fmt yuv420p"), ("h264.ts", $"{Moving} -c:v libx264 -pix_fmt yuv420p"),
            ("h264.flv", $"{Moving} -c:v libx264 -pix_fmt yuv420p"),
        ("bare.h264", $"{Moving} -c:v libx264 -pix_fmt yuv420p"), ("hevc.mp4", $"{Moving} -c:v libx265 -x265-params log-level=none"),
            ("vp8.webm", $"{Moving} -c:v libvpx"),
        ("vp9.webm", $"{Moving} -c:v libvpx-vp9 -cpu-used 8 -deadline realtime"), ("av1.mkv", $"{Moving} -c:v libaom-av1 -cpu-used 8 -usage realtime"),
            ("mpeg4.avi", $"{Moving} -c:v mpeg4"),
        ("motion.avi", $"{Moving} -c:v mjpeg"), ("mpeg2.mpg", $"{Moving} -c:v mpeg2video"), ("mpeg1.mpg", $"{Moving} -c:v mpeg1video -r 25"),
            ("theora.ogv", $"{Moving} -c:v libtheora"), ("media.wmv", $"{Moving} -c:v wmv2"),
        ("old.flv", $"{Moving} -c:v flv"), ("lossless.mkv", $"{Moving} -c:v ffv1"), ("prores.mov", $"{Moving} -c:v prores_ks"),
            ("both.mp4", $"{Moving} {Sine} -c:v libx264 -pix_fmt yuv420p -c:a aac -shortest"),
        ("raw.nut", $"{Moving} -c:v rawvideo"), ("film.mxf", $"{Moving} -c:v mpeg2video -r 25"), ("film.3gp", $"{Moving} -c:v mpeg4"), ("film.y4m", Moving),
            ("moving.gif", Moving), ("moving.apng", $"{Moving} -f apng"),
        ("still.png", Still), ("gray.png", $"{Still} -pix_fmt gray16be"), ("pal.png", $"{Still} -pix_fmt pal8"), ("still.jpg", Still), ("still.bmp", Still),
            ("still.tif", Still), ("lzw.tif", $"{Still} -compression_algo lzw"),
        ("still.webp", $"{Still} -c:v libwebp"), ("lossless.webp", $"{Still} -c:v libwebp -lossless 1"), ("anim.webp", $"{Moving} -c:v libwebp_anim"),
            ("still.ppm", Still), ("still.pam", Still), ("still.tga", Still),
        ("still.sgi", Still), ("still.pcx", Still), ("still.dpx", Still), ("still.exr", $"{Still} -pix_fmt gbrpf32le"),
            ("still.jp2", $"{Still} -pix_fmt rgb24"), ("still.xwd", Still), ("still.sun", Still), ("still.qoi", Still),
        ("still.avif", $"{Still} -c:v libaom-av1 -still-picture 1"), ("still.xbm", $"{Still} -pix_fmt monowhite"), ("still.jls", $"{Still} -c:v jpegls"),
    ];

    // Chip tunes go to libgme, which is no decoder of FFmpeg's own and crashes on every three-hundredth damaged one. The SVG takes minutes, whatever is done to
    // it.
    private static readonly string[] LeftOut = [".vgm", ".svg", ".md", ".jsonl"];

    /// <summary>Name and bytes of each file, in a fixed order.</summary>
    /// <param name="sample">The folder <c>datasets-sample</c>.</param>
    /// <param name="make">True for the files that ffmpeg makes too.</param>
    public static async Task<List<(string Name, byte[] Bytes)>> ReadAsync(string sample, bool make)
    {
        string[] paths = [.. Directory.EnumerateFiles(sample, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        List<string> files = [.. paths.Where(path => !LeftOut.Contains(Path.GetExtension(path)) && new FileInfo(path).Length is > 0 and <= MostBytes)];
        if (make)
        {
            Directory.CreateDirectory(Folder);
            foreach ((string name, string arguments) in Recipes)
            {
                string path = Path.Combine(Folder, name);
                if (File.Exists(path) || await MakeAsync(path, arguments))
                {
                    files.Add(path);
                }
            }
        }

        return [.. files.Select(path => (Path.GetFileName(path), File.ReadAllBytes(path)))];
    }

    private static async Task<bool> MakeAsync(string path, string arguments)
    {
        string part = Path.Combine(Folder, "part-" + Path.GetFileName(path));
        try
        {
            await ChildProgram.MustRunAsync("ffmpeg", [.. "-nostdin -v error -y".Split(' '), .. arguments.Split(' '), part], Limit);
            File.Move(part, path);
            return true;
        }
        catch (InvalidOperationException problem)
        {
            Console.Error.WriteLine($"fuzz: {Path.GetFileName(path)} is left out: {problem.Message.Split('\n')[0]}");
            return false;
        }
    }
}
