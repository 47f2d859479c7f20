using System.Diagnostics;

namespace ClipGuard.Benchmarks;

/// <summary>Clips to measure with, made once with the ffmpeg program and kept under artifacts/.</summary>
internal static class BenchClips
{
    private static readonly string Folder = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "bench-clips"));

    /// <summary>Ten seconds of pink noise and a tone as mp3, 44.1 kHz, mono and stereo in turn.</summary>
    public static async Task<string[]> Mp3Async(int count)
    {
        Directory.CreateDirectory(Folder);
        string[] clips = [.. Enumerable.Range(0, count).Select(i => Path.Combine(Folder, $"{i:000}.mp3"))];
        foreach ((int i, string clip) in clips.Index().Where(clip => !File.Exists(clip.Item)))
        {
            string part = clip + ".part";
            using Process ffmpeg = Process.Start(
                "ffmpeg",
                ["-v", "error", "-y", "-f", "lavfi", "-i", $"anoisesrc=d=10:c=pink:s={i}:a=0.3", "-f", "lavfi", "-i", $"sine=f={200 + i}:d=10",
                    "-filter_complex", "amix", "-ac", $"{1 + (i % 2)}", "-ar", "44100", "-f", "mp3", part]);
            await ffmpeg.WaitForExitAsync();
            if (ffmpeg.ExitCode != 0)
            {
                throw new InvalidOperationException($"ffmpeg could not make {clip}: exit code {ffmpeg.ExitCode}.");
            }

            File.Move(part, clip);
        }

        return clips;
    }
}
