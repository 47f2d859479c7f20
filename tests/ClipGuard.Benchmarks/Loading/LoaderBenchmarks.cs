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

    /// <summary>Ten-second clips in five codecs, to mono float at 16 kHz.</summary>
    public static Task AudioAsync() => InFolderAsync(async work =>
    {
        const int Repeat = 2;
        string[] clips = await BenchClips.AudioAsync(200);
        List<Rival> rivals = [];
        if (Peers.Find(work) is { } peers)
        {
            rivals.AddRange(await peers.DataLoaderAsync("audio", "none", clips, Repeat, goal: 1.7));
            rivals.AddRange(await peers.DataLoaderAsync("audio", "fork", clips, Repeat, goal: 3.3));
            rivals.Add(await peers.FloorAsync("audio", clips, Repeat, goal: 0.85));
        }

        await using LoaderThroughput loader = await LoaderThroughput.OpenAsync(
            work, "audios", clips, Repeat, new LoaderOptions { Audio = new AudioSpec { SampleRateHz = 16_000 } });
        await Rounds.RunAsync("loader-audio", "samples/s", AudioRounds, loader.ReadEpochAsync, rivals);
    });

    /// <summary>Ten-second 720p clips, to 16 frames of 224×224.</summary>
    public static Task VideoAsync() => InFolderAsync(async work =>
    {
        string[] clips = await BenchClips.VideoAsync(40);
        List<Rival> rivals = [];
        if (Peers.Find(work) is { } peers)
        {
            rivals.AddRange(await peers.DataLoaderAsync("video", "none", clips, 1, goal: 1.2));
        }

        var video = new VideoSpec { Selection = new UniformFrames(16), Size = new ExactSize(224, 224) };
        await using LoaderThroughput loader = await LoaderThroughput.OpenAsync(work, "videos", clips, 1, new LoaderOptions { Video = video });
        await Rounds.RunAsync("loader-video", "samples/s", VideoRounds, loader.ReadEpochAsync, rivals);
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
