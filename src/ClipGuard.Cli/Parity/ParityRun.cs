using System.ComponentModel;
using System.Diagnostics;

using ClipGuard.Cli.Running;
using ClipGuard.Cli.Screens;
using ClipGuard.Media;
using ClipGuard.Streams;
using ClipGuard.Supervision;

namespace ClipGuard.Cli.Parity;

/// <summary><c>clipguard decode CLIP|FOLDER --against ffmpeg</c>: whether what comes out here is what the ffmpeg program makes of it.</summary>
/// <param name="screen">Where results go.</param>
/// <param name="program">The ffmpeg program: a name to look for in PATH, or a path.</param>
internal sealed class ParityRun(CommandConsole screen, string program)
{
    /// <summary>Compares a clip, or all of a folder that have a clip's name.</summary>
    /// <param name="path">The clip or the folder.</param>
    /// <param name="supervisor">What decodes here.</param>
    /// <param name="guard">How; its deadline holds for each run of ffmpeg too.</param>
    /// <param name="limits">What a clip may ask for.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(string path, Supervisor supervisor, SupervisorOptions guard, DecodeLimits limits, CancellationToken cancellation)
    {
        bool isFolder = Directory.Exists(path);
        string[] clips = isFolder ? ClipsOf(path) : [path];
        if (clips.Length == 0)
        {
            throw new UsageException($"the folder {path} holds no file that has a clip's name");
        }

        var check = new ParityCheck(supervisor, limits, new ReferenceProgram(program, guard.Deadline));
        var results = new IReadOnlyList<ParityResult>[clips.Length];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = guard.Workers, CancellationToken = cancellation };
        await Parallel.ForAsync(0, clips.Length, parallel, async (i, token) => results[i] = await check.CompareAsync(clips[i], token).ConfigureAwait(false))
            .ConfigureAwait(false);

        ParityResult[] all = [.. results.SelectMany(one => one)];
        foreach (ParityResult result in all.Where(result => !isFolder || !result.Agrees))
        {
            screen.Say(ParityText.Of(result));
        }

        if (isFolder)
        {
            foreach (string line in ParityText.Table(all))
            {
                screen.Say(line);
            }
        }

        return ExitCodeOf(all);
    }

    /// <summary>The exit code that says what came of them.</summary>
    internal static int ExitCodeOf(IReadOnlyList<ParityResult> results) =>
        results.Any(result => !result.Agrees && result.Unsettled is null) ? ExitCode.FaultsFound
        : results.Any(result => result.Unsettled is not null) ? ExitCode.Unsettled
        : ExitCode.Clean;

    /// <summary>Looks whether the program is there.</summary>
    /// <exception cref="ToolUnavailableException">It is not; the message says how to get it.</exception>
    public void FindProgram()
    {
        try
        {
            using Process version = Process.Start(new ProcessStartInfo(program, "-version") { RedirectStandardOutput = true, RedirectStandardError = true })!;
            _ = version.StandardOutput.ReadToEnd();
            version.WaitForExit();
        }
        catch (Win32Exception)
        {
            throw new ToolUnavailableException($"The program {program} is not installed or not executable. On Debian and Ubuntu: apt-get install ffmpeg.");
        }
    }

    private static string[] ClipsOf(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => ClipKindGuess.Of(file, string.Empty) is not null)
            .Order(StringComparer.Ordinal)];
}
