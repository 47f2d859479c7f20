using ClipGuard.Media;

namespace ClipGuard.Benchmarks.Fuzzing;

/// <summary>One damaged file and what is asked of it, told by seed and number alone.</summary>
/// <param name="Name">The file that was damaged.</param>
/// <param name="Bytes">What became of it.</param>
/// <param name="Spec">What is asked for; null for a raw stream.</param>
/// <param name="Kind">Audio or video, for a raw stream.</param>
internal sealed record FuzzCase(string Name, byte[] Bytes, ClipSpec? Spec, ClipKind Kind)
{
    private static readonly ClipSpec[] Audio =
    [
        new AudioSpec { SampleRateHz = AudioSpec.NativeRate, Channels = AudioChannels.All },
        new AudioSpec(),
        new AudioSpec { StartSeconds = 0.2, DurationSeconds = 0.3 },
        new AudioSpec { StartSeconds = 2.5, SampleRateHz = 48_000, Channels = AudioChannels.All },
        new AudioSpec { Track = 1 },
    ];

    private static readonly ClipSpec[] Video =
    [
        new VideoSpec { Selection = new UniformFrames(4) },
        new VideoSpec { Selection = new IndexFrames([0, 3, -1]), Size = new SmartSize() },
        new VideoSpec { Selection = new KeyFrames(), Size = new OwnSize() },
        new VideoSpec { Selection = new RateFrames(4), Size = new ExactSize(32, 24), Colors = PixelColors.Gray },
        new VideoSpec { Selection = new TimeFrames([0.35, 0.05]), Layout = PixelLayout.ChannelsFirst },
        new VideoSpec { Selection = new MidpointFrames(3), StartSeconds = 0.3, Track = 1 },
    ];

    private static readonly ClipSpec[] Images =
    [
        new ImageSpec { Size = new OwnSize() },
        new ImageSpec { Size = new SmartSize() },
        new ImageSpec { Size = new ShorterSideSize(32, 24, 24), Colors = PixelColors.Gray, Layout = PixelLayout.ChannelsFirst },
    ];

    private static readonly ClipSpec[] Looks = [new InspectSpec(), new InspectSpec { CountFrames = false }];
    private static readonly ClipSpec[] All = [.. Audio, .. Video, .. Images, .. Looks];
    private static readonly string[] Sounds =
        [".aac", ".ac3", ".aiff", ".amr", ".au", ".caf", ".flac", ".m4a", ".mp2", ".mp3", ".ogg", ".opus", ".tta", ".w64", ".wav", ".wma", ".wv"];
    private static readonly string[] Stills =
        [".avif", ".bmp", ".dpx", ".exr", ".jls", ".jp2", ".jpg", ".pam", ".pcx", ".png", ".ppm", ".qoi", ".sgi", ".sun", ".tga", ".tif", ".webp", ".xbm",
            ".xwd"];

    /// <summary>What is asked for, in a word or two.</summary>
    public string Asked => Spec is null ? $"a raw stream of {Kind}" : Spec is InspectSpec ? "a look" : $"{Spec}";

    /// <summary>Makes a case.</summary>
    public static FuzzCase Of(IReadOnlyList<(string Name, byte[] Bytes)> files, int seed, int number)
    {
        // Not HashCode, which differs from process to process.
        var chance = new Random(unchecked((seed * 1_000_003) + number));
        (string name, byte[] bytes) = files[chance.Next(files.Count)];
        byte[] damaged = Mutation.Of(bytes, files[chance.Next(files.Count)].Bytes, chance);
        string ending = Path.GetExtension(name);
        (ClipSpec[] own, ClipKind kind) = Sounds.Contains(ending) ? (Audio, ClipKind.Audio) : Stills.Contains(ending) ? (Images, ClipKind.Image)
            : (Video, ClipKind.Video);

        // Mostly what the file is, sometimes a look or a stream, now and then what it is not.
        int what = chance.Next(10);
        ClipSpec[] from = what < 6 ? own : what < 8 ? Looks : All;
        return what == 9 && kind != ClipKind.Image ? new FuzzCase(name, damaged, Spec: null, kind)
            : new FuzzCase(name, damaged, from[chance.Next(from.Length)], kind);
    }
}
