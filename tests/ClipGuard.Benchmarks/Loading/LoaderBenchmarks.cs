using ClipGuard.Loading;
using ClipGuard.Media;

namespace ClipGuard.Benchmarks.Loading;

/// <summary>
/// Samples a second of the guarded loader, batches of 8 and two workers, beside PyTorch's DataLoader with two and two processes of the C floor.
/// </summary>
internal static class LoaderBenchmarks
{
    private const int AudioRounds = 7;
    private const int VideoRounds = 5;
    private const int FarRounds = 5;
    private const int FarClips = 600;
    private const int SlowClips = 100;
    private const int ShortRounds = 5;

    /// <summary>Ten-second clips in five codecs, to mono float at 16 kHz.</summary>
    public static Task AudioAsync() => InFolderAsync(async work =>
    {
        const int Repeat = 2;
        string[] clips = await GeneratedBenchmarkClips.AudioAsync(BenchmarkSmokeRun.Of(200, 20));
        List<Rival> rivals = [];
        if (PeerLoaders.Find(work) is { } peers)
        {
            rivals.AddRange(await peers.DataLoaderAsync("audio", "none", clips, Repeat, goal: 3.4));
            rivals.AddRange(await peers.DataLoaderAsync("audio", "fork", clips, Repeat, goal: 3.3));
            rivals.Add(await peers.FloorAsync("audio", clips, Repeat, goal: 0.85));
        }

        await using LoaderThroughput loader = await LoaderThroughput.OpenAsync(
            work, "audios", clips, Repeat, new LoaderOptions { Audio = new AudioSpec { SampleRateHz = 16_000 } });
        await ComparisonRounds.RunAsync("loader-audio", "samples/s", AudioRounds, loader.ReadEpochAsync, rivals);
    });

    /// <summary>Ten-second 720p clips, to 16 frames of 224×224.</summary>
    public static Task VideoAsync() => InFolderAsync(async work =>
    {
        string[] clips = await GeneratedBenchmarkClips.VideoAsync(BenchmarkSmokeRun.Of(40, 4));
        List<Rival> rivals = [];
        if (PeerLoaders.Find(work) is { } peers)
        {
            rivals.AddRange(await peers.DataLoaderAsync("video", "none", clips, 1, goal: 1.5));
        }

        var video = new VideoSpec { Selection = new UniformFrames(16), Size = new ExactSize(224, 224) };
        await using LoaderThroughput loader = await LoaderThroughput.OpenAsync(work, "videos", clips, 1, new LoaderOptions { Video = video });
        await ComparisonRounds.RunAsync("loader-video", "samples/s", VideoRounds, loader.ReadEpochAsync, rivals);
    });

    /// <summary>Ten-second clips on storage whose every read takes 20 ms, beside the same on the local disk, and the same without reading ahead.</summary>
    public static async Task FarAsync()
    {
        string[] clips = await GeneratedBenchmarkClips.AudioAsync(BenchmarkSmokeRun.Of(100, 20));

        // Links reach over no file system.
        string work = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(clips[0])!, $"far-{Environment.ProcessId}")).FullName;
        try
        {
            await using SlowStorage? storage = await SlowStorage.MountAsync(work, clips, BenchmarkSmokeRun.Of(FarClips, 60));
            if (storage is null)
            {
                return;
            }

            var audio = new LoaderOptions { Audio = new AudioSpec { SampleRateHz = 16_000 } };
            await using LoaderThroughput near = await LoaderThroughput.OpenAsync(work, "audios", storage.Near, 1, audio, uncounted: 2);
            await using LoaderThroughput far = await LoaderThroughput.OpenAsync(work, "audios", storage.Far, 1, audio, uncounted: 1);

            // Whoever reads clip after clip takes minutes for all of them: a part gives the same rate.
            string[] part = storage.Far[..BenchmarkSmokeRun.Of(SlowClips, 10)];
            await using LoaderThroughput byPath = await LoaderThroughput.OpenAsync(work, "audios", part, 1, audio, uncounted: 0, readAhead: 0);
            List<Rival> rivals =
            [
                new Rival("the local disk", 0.8, async () => await near.ReadEpochAsync()),
                new Rival("without reading ahead", 5, async () => await byPath.ReadEpochAsync()),
            ];
            if (PeerLoaders.Find(work) is { } peers)
            {
                rivals.AddRange(await peers.DataLoaderAsync("audio", "none", part, 1, goal: 5));
            }

            await ComparisonRounds.RunAsync("loader-far", "samples/s", FarRounds, far.ReadEpochAsync, rivals);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    /// <summary>WAVs of one second, 32 KB each: what a clip costs beside its decode.</summary>
    public static Task ShortAsync() => InFolderAsync(async work =>
    {
        const int Repeat = 4;
        string[] clips = await GeneratedBenchmarkClips.SecondsAsync(BenchmarkSmokeRun.Of(400, 40));
        List<Rival> rivals = [];
        if (PeerLoaders.Find(work) is { } peers)
        {
            rivals.AddRange(await peers.DataLoaderAsync("audio", "none", clips, Repeat, goal: 4));
            rivals.Add(await peers.FloorAsync("audio", clips, Repeat, goal: 0.83));
        }

        await using LoaderThroughput loader = await LoaderThroughput.OpenAsync(
            work, "audios", clips, Repeat, new LoaderOptions { Audio = new AudioSpec { SampleRateHz = 16_000 } });
        await ComparisonRounds.RunAsync("loader-short", "samples/s", ShortRounds, loader.ReadEpochAsync, rivals);
    });

    /// <summary>JPEGs of 2 to 12 megapixels to 224×224, decoded at a part of their size.</summary>
    public static Task PicturesAsync() => InFolderAsync(async work =>
    {
        const int Repeat = 4;
        string[] clips = await GeneratedBenchmarkClips.PicturesAsync(BenchmarkSmokeRun.Of(24, 6));
        List<Rival> rivals = [];
        if (PeerLoaders.Find(work) is { } peers)
        {
            rivals.AddRange(await peers.PillowAsync("draft", clips, Repeat, goal: 1));
            rivals.AddRange(await peers.PillowAsync("full", clips, Repeat, goal: 3));
        }

        var image = new ImageSpec { Size = new ExactSize(224, 224), JpegScale = JpegScale.Fast };
        await using LoaderThroughput loader = await LoaderThroughput.OpenAsync(work, "images", clips, Repeat, new LoaderOptions { Image = image });
        await ComparisonRounds.RunAsync("loader-pictures", "samples/s", ShortRounds, loader.ReadEpochAsync, rivals);
    });

    private static async Task InFolderAsync(Func<string, Task> measure)
    {
        DirectoryInfo work = Directory.CreateTempSubdirectory("clipguard-loader-");
        try
        {
            await measure(work.FullName);
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }
}
