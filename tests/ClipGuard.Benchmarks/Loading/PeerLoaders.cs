using System.Text.Json;

namespace ClipGuard.Benchmarks.Loading;

/// <summary>
/// What the loader is measured against, in a folder that the environment variable <c>CLIPGUARD_BENCH_PEERS</c> names: <c>peer_torch.py</c>, PyTorch's
/// DataLoader over PyAV, and <c>floor.c</c>, the same FFmpeg calls straight from C; for pictures <c>peer_images.py</c>, over Pillow. All take a list of clips
/// and print one line of JSON with
/// <c>samples</c> and <c>wall_s</c>; the floor's has <c>bad</c> too.
/// </summary>
internal sealed class PeerLoaders
{
    private const string FolderVariable = "CLIPGUARD_BENCH_PEERS";
    private const int Workers = 2;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly string _folder;
    private readonly string _work;

    private PeerLoaders(string folder, string work) => (_folder, _work) = (folder, work);

    /// <summary>The peers, or null after a line that says that none were given.</summary>
    /// <param name="work">A folder for what they need.</param>
    public static PeerLoaders? Find(string work)
    {
        string? folder = Environment.GetEnvironmentVariable(FolderVariable);
        if (string.IsNullOrEmpty(folder))
        {
            Console.WriteLine(
                $"No peers were given: {FolderVariable} names the folder with peer_torch.py and floor.c. ClipGuard is measured alone, which tells no ratio.");
            return null;
        }

        return new PeerLoaders(folder, work);
    }

    /// <summary>A DataLoader with two workers, batches of 8.</summary>
    /// <param name="kind"><c>audio</c> or <c>video</c>.</param>
    /// <param name="guard"><c>none</c>, or <c>fork</c> for one forked child a decode.</param>
    /// <param name="clips">What it reads.</param>
    /// <param name="repeat">How often.</param>
    /// <param name="goal">The ratio that is wanted.</param>
    /// <returns>Empty where no Python has what it needs.</returns>
    public async Task<Rival[]> DataLoaderAsync(string kind, string guard, string[] clips, int repeat, double goal)
    {
        if (await Python.FindAsync("torch, av") is not { } python)
        {
            return [];
        }

        string list = WriteList($"{kind}.txt", clips);
        string[] arguments =
            [Path.Combine(_folder, "peer_torch.py"), list, "--kind", kind, "--guard", guard, "--workers", $"{Workers}", "--repeat", $"{repeat}"];
        return [new Rival(
            guard == "fork" ? "DataLoader, one forked child a decode" : "DataLoader, unguarded",
            goal,
            async () => await ChildProgram.RunAsync(python, arguments, Limit) is { } run ? RateOf([run], clips.Length * repeat) : null)];
    }

    /// <summary>A DataLoader over Pillow with two workers, batches of 8.</summary>
    /// <param name="mode"><c>draft</c> decodes a JPEG at a part of its size where that is enough, <c>full</c> does not.</param>
    /// <param name="pictures">What it reads.</param>
    /// <param name="repeat">How often.</param>
    /// <param name="goal">The ratio that is wanted.</param>
    /// <returns>Empty where no Python has what it needs, or the script is missing.</returns>
    public async Task<Rival[]> PillowAsync(string mode, string[] pictures, int repeat, double goal)
    {
        string script = Path.Combine(_folder, "peer_images.py");
        if (!File.Exists(script) || await Python.FindAsync("torch, PIL") is not { } python)
        {
            return [];
        }

        string[] arguments = [script, WriteList("image.txt", pictures), mode, "--workers", $"{Workers}", "--repeat", $"{repeat}"];
        return [new Rival(
            $"DataLoader over Pillow, {mode}",
            goal,
            async () => await ChildProgram.RunAsync(python, arguments, Limit) is { } run ? RateOf([run], pictures.Length * repeat) : null)];
    }

    /// <summary>
    /// Two processes of the C floor at once. Clips are dealt in pairs, because codecs recur every five clips and channels every two: so both get the same mix.
    /// </summary>
    public async Task<Rival> FloorAsync(string kind, string[] clips, int repeat, double goal)
    {
        string floor = Path.Combine(_work, "floor");
        await ChildProgram.MustRunAsync(
            "cc", ["-O2", Path.Combine(_folder, "floor.c"), "-o", floor, "-lavformat", "-lavcodec", "-lswresample", "-lswscale", "-lavutil", "-lm"], Limit);
        string[] lists = [.. Enumerable.Range(0, Workers).Select(process =>
            WriteList($"{kind}-{process}.txt", clips.Where((_, i) => i / 2 % Workers == process)))];
        return new Rival("C floor, two processes", goal, async () =>
        {
            ProgramRun?[] runs = await Task.WhenAll(lists.Select(list => ChildProgram.RunAsync(floor, [kind, list, $"{repeat}"], Limit)));
            return runs.Contains(null) ? null : RateOf(runs!, clips.Length * repeat);
        });
    }

    // By the peers' own clocks, so that nobody's imports count; of two processes the slower decides.
    private static double RateOf(ProgramRun[] runs, int expected)
    {
        int samples = 0;
        double seconds = 0;
        foreach (ProgramRun run in runs)
        {
            using var line = JsonDocument.Parse(run.Output);
            samples += line.RootElement.GetProperty("samples").GetInt32() - (line.RootElement.TryGetProperty("bad", out JsonElement bad) ? bad.GetInt32() : 0);
            seconds = Math.Max(seconds, line.RootElement.GetProperty("wall_s").GetDouble());
        }

        return samples == expected ? samples / seconds : throw new InvalidOperationException($"A peer read {samples} of {expected} clips: {runs[0].Output}");
    }

    private string WriteList(string name, IEnumerable<string> clips)
    {
        string path = Path.Combine(_work, name);
        File.WriteAllLines(path, clips);
        return path;
    }
}
