using System.Diagnostics;

using ClipGuard.Supervision;

namespace ClipGuard.Benchmarks;

/// <summary>From asking for a supervisor to its first helper being ready, FFmpeg linked and the sandbox closed.</summary>
internal static class StartBenchmark
{
    public static async Task RunAsync()
    {
        var figures = new TimeStatistics("start of the published helper to ready");
        for (int i = 0; i < 40; i++)
        {
            long began = Stopwatch.GetTimestamp();
            await using Supervisor supervisor = await Supervisor.StartAsync(
                new SupervisorOptions { HelperPath = ClipGuardProgramPaths.Published, Workers = 1, Spares = 0 });
            figures.Add(Stopwatch.GetElapsedTime(began));
        }

        figures.Print();
    }
}
