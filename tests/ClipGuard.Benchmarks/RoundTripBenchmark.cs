using System.Diagnostics;

using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.Benchmarks;

/// <summary>An empty decode through a warm pooled helper: what the guard itself costs, on cores that go idle in between and on cores that do not.</summary>
internal static class RoundTripBenchmark
{
    private const int Warm = 3000;
    private const int Measured = 20_000;

    public static async Task RunAsync()
    {
        await using Supervisor supervisor = await Supervisor.StartAsync(new SupervisorOptions
        {
            HelperPath = ClipGuardProgramPaths.Scripted,
            Workers = 1,
            Spares = 0,
            RecycleAfter = int.MaxValue,
        });
        await MeasureAsync(supervisor, "cores left to idle");
        using (CoreIdleInhibitor.Keep())
        {
            await MeasureAsync(supervisor, "cores kept awake");
        }
    }

    private static async Task MeasureAsync(Supervisor supervisor, string cores)
    {
        var request = new DecodeRequest(new FileSource("/scripts/ok:0"), new AudioSpec());
        var figures = new TimeStatistics($"round trip of an empty decode, one at a time, {cores}");
        for (int i = 0; i < Warm + Measured; i++)
        {
            long began = Stopwatch.GetTimestamp();
            using (DecodeOutcome outcome = await supervisor.DecodeAsync(request))
            {
                Debug.Assert(outcome.IsClip, "The scripted helper delivers.");
            }

            if (i >= Warm)
            {
                figures.Add(Stopwatch.GetElapsedTime(began));
            }
        }

        figures.Print();
    }
}
