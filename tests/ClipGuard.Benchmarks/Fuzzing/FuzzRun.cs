using System.Diagnostics;
using System.Globalization;

namespace ClipGuard.Benchmarks.Fuzzing;

/// <summary>
/// Decodes many damaged files in a child that is started again whenever one ends it. An exception there is a bug of ours; a child that dies has met one of
/// a native library's, and each is listed, so that somebody can look which.
/// </summary>
internal sealed class FuzzRun(string sample, bool make, int seed, int cases)
{
    // What the decoders end by themselves after 2 s is no hang; a busy machine may add to that.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // Beyond this the files' own claims are at work, and FFmpeg is to hear that there is no more.
    private const int DataKilobytes = 3_000_000;

    private readonly List<string> _bugs = [];
    private readonly List<string> _crashes = [];
    private readonly List<string> _hangs = [];
    private List<(string Name, byte[] Bytes)> _files = [];

    /// <summary>The command: <c>fuzz SAMPLE CASES [SEED] [sample]</c>, the last word leaving out the files that ffmpeg makes; and the child's.</summary>
    public static async Task<int> RunAsync(string[] words)
    {
        if (words is ["child", var folder, var all, var number, var from, var to])
        {
            return FuzzChild.Run(await FuzzSeeds.ReadAsync(folder, bool.Parse(all)), Number(number), Number(from), Number(to));
        }

        if (words is ["show", var place, var every, var which, var one, var output])
        {
            FuzzCase shown = FuzzCase.Of(await FuzzSeeds.ReadAsync(place, bool.Parse(every)), Number(which), Number(one));
            await File.WriteAllBytesAsync(output, shown.Bytes);
            Console.WriteLine($"{output}: {shown.Name}, damaged; asked for {shown.Asked}");
            return 0;
        }

        return words is [var sample, var count, .. var rest] && rest.Length <= 2
            ? await new FuzzRun(sample, !rest.Contains("sample"), rest.Length > 0 ? Number(rest[0]) : Random.Shared.Next(), Number(count)).RunAsync()
            : throw new ArgumentException("fuzz SAMPLE CASES [SEED] [sample], or fuzz show SAMPLE true|false SEED CASE FILE");
    }

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);

    private async Task<int> RunAsync()
    {
        _files = await FuzzSeeds.ReadAsync(sample, make);
        Console.WriteLine($"fuzz: {cases} damaged copies of {_files.Count} files, seed {seed}");
        long began = Stopwatch.GetTimestamp();
        for (int next = 0; next < cases;)
        {
            next = await RunChildAsync(next);
        }

        foreach (string line in (string[])[.. _bugs, .. _crashes, .. _hangs])
        {
            Console.WriteLine(line);
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"fuzz: {cases} cases, seed {seed}: {_bugs.Count} exceptions, {_crashes.Count} crashes, {_hangs.Count} hangs, "
                + $"{cases / Stopwatch.GetElapsedTime(began).TotalSeconds:0} cases/s"));
        return _bugs.Count == 0 ? 0 : 1;
    }

    // The number of the case to go on with.
    private async Task<int> RunChildAsync(int first)
    {
        string[] child = ["fuzz", "child", sample, $"{make}", $"{seed}", $"{first}", $"{cases}"];
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"ulimit -c 0 -d {DataKilobytes}; exec \"$0\" \"$@\"", Environment.ProcessPath!, .. child])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        int current = first;
        bool hangs = false;
        try
        {
            while (await process.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } line)
            {
                if (line.StartsWith(FuzzChild.Begins, StringComparison.Ordinal))
                {
                    current = Number(line[FuzzChild.Begins.Length..]);
                }
                else if (line.StartsWith(FuzzChild.Bug, StringComparison.Ordinal))
                {
                    _bugs.Add($"exception: {Described(current)}: {line[FuzzChild.Bug.Length..]}");
                }
            }
        }
        catch (TimeoutException)
        {
            hangs = true;
            process.Kill();
        }

        await process.WaitForExitAsync();
        if (process.ExitCode == 0)
        {
            return cases;
        }

        (hangs ? _hangs : _crashes).Add(hangs ? $"hang: {Described(current)}" : $"crash: {Described(current)}: exit code {process.ExitCode}");
        return current + 1;
    }

    private string Described(int number)
    {
        FuzzCase one = FuzzCase.Of(_files, seed, number);
        return $"case {number}, {one.Name}, asked for {one.Asked}";
    }
}
