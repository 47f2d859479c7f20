using System.Diagnostics;


namespace ClipGuard.Benchmarks;

/// <summary>What a program did that ran to its end.</summary>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
/// <param name="Elapsed">From just before its start to its end.</param>
internal sealed record ProgramRun(string Output, string Error, TimeSpan Elapsed);

/// <summary>Runs other programs. A peer may hang, so each has a limit.</summary>
internal static class ChildProgram
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(5);

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Null where it took longer than the limit; it was killed then, with everything that it had started.</returns>
    /// <exception cref="InvalidOperationException">It ended with an error.</exception>
    public static async Task<ProgramRun?> RunAsync(string program, IEnumerable<string> arguments, TimeSpan limit)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        long began = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        try
        {
            using var clock = new CancellationTokenSource(limit);
            await process.WaitForExitAsync(clock.Token);
            TimeSpan elapsed = Stopwatch.GetElapsedTime(began);

            // What outlives the program may hold its pipes open.
            await Task.WhenAll(output, error).WaitAsync(LastWords);
            return process.ExitCode == 0
                ? new ProgramRun(await output, await error, elapsed)
                : throw new InvalidOperationException($"{program} ended with exit code {process.ExitCode}: {(await error).Trim()}");
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>The same for a program that must not fail.</summary>
    public static async Task<ProgramRun> MustRunAsync(string program, IEnumerable<string> arguments, TimeSpan limit) =>
        await RunAsync(program, arguments, limit) ?? throw new InvalidOperationException($"{program} was not done within {limit.TotalSeconds:0} s.");
}
