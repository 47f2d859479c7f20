using ClipGuard.Media;
using ClipGuard.Supervision;
using ClipGuard.Supervision.Helpers;
using ClipGuard.Supervision.Helpers.Pooling;
using ClipGuard.Supervision.Processes;
using ClipGuard.TestSupport;

using Microsoft.Extensions.Logging.Abstractions;

namespace ClipGuard.Benchmarks;

/// <summary>
/// From the passing of the deadline to the reaped process, and from there to the dispatch of the next decode while a spare is warm;
/// for helpers that hold more and less memory, on an idle machine and with every core busy.
/// </summary>
internal static class KillBenchmark
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMilliseconds(400);

    public static async Task RunAsync()
    {
        foreach (bool busy in new[] { false, true })
        {
            using var load = new BusyCores(busy ? Environment.ProcessorCount : 0);
            foreach ((int megabytes, int rounds) in new[] { (1, 100), (100, 100), (1000, 10) })
            {
                await MeasureAsync(megabytes, rounds, busy ? "every core busy" : "idle");
            }
        }
    }

    private static async Task MeasureAsync(int megabytes, int rounds, string load)
    {
        var options = new SupervisorOptions
        {
            HelperPath = ClipGuardProgramPaths.Scripted,
            Workers = 1,
            Spares = 2,
            Deadline = Deadline + TimeSpan.FromMilliseconds(megabytes * 1.5),
            StallLimit = TimeSpan.FromMinutes(1),
        };
        await using var pool = new HelperPool(options, HelperLaunch.From(options), NullLogger.Instance);
        await pool.GreetAsync();
        var reaped = new TimeStatistics($"deadline to reaped, {megabytes} MB held, {load}");
        var next = new TimeStatistics($"reaped to next dispatch, {megabytes} MB held, {load}");
        for (int i = 0; i < rounds; i++)
        {
            Attempt hanging = Script($"holds:{megabytes}", pool, 2 * i);
            Attempt waiting = Script("ok:0", pool, (2 * i) + 1);
            Task<(Helper, AttemptResult Result)> first = pool.DecodeAsync(hanging, fresh: false, CancellationToken.None);
            (Helper helper, AttemptResult second) = await pool.DecodeAsync(waiting, fresh: false, CancellationToken.None);
            if ((await first).Result is not AttemptResult.Faulted || second is not AttemptResult.Delivered)
            {
                throw new InvalidOperationException("The scripted helper did not keep to its script.");
            }

            pool.Release(helper, 0);
            reaped.Add(TimeSpan.FromMicroseconds((hanging.ConcludedAt - hanging.DispatchedAt) / 1000.0) - options.Deadline);
            next.Add(TimeSpan.FromMicroseconds((waiting.DispatchedAt - hanging.ConcludedAt) / 1000.0));

            // The next round finds a warm spare, as a run that is not only made of hanging clips does.
            await Task.Delay(250);
        }

        reaped.Print();
        next.Print();
    }

    private static Attempt Script(string name, HelperPool pool, long id) =>
        new(id, new DecodeRequest(new FileSource($"/scripts/{name}"), new AudioSpec()), pool.PayloadCapacity,
            new DecodeTimeLimits(Deadline, Deadline, UsableShare: 0.9));
}
