using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

using ClipGuard.Media;
using ClipGuard.Supervision;
using ClipGuard.TestSupport;

namespace ClipGuard.Benchmarks;

/// <summary>Many decodes at full speed, 1 % of them misbehaving in mixed ways: every verdict has to be the right one, and nothing may be left.</summary>
internal static class SoakRun
{
    private const int MisbehavingEvery = 100;

    private static readonly (string Script, FaultKind Verdict)[] Misbehaviours =
    [
        ("hang", FaultKind.Stalled),
        ("spin", FaultKind.Stalled),
        ("endless", FaultKind.TimedOut),
        ("segv", FaultKind.Crashed),
        ("abort", FaultKind.Crashed),
        ("exit:0", FaultKind.Crashed),
        ("half-reply", FaultKind.ProtocolViolated),
        ("other-reply", FaultKind.ProtocolViolated),
        ("too-large", FaultKind.ProtocolViolated),
        ("hangs-up", FaultKind.ProtocolViolated),
        ("fault:Corrupt", FaultKind.Corrupt),
        ("fault:Missing", FaultKind.Missing),
        ("finds:Corrupt:sound", FaultKind.Corrupt),
        ("finds:Missing:early", FaultKind.Missing),
        ("finds:Unsupported:wrong", FaultKind.Unsupported),
        ("finds:Corrupt:hangs", FaultKind.Corrupt),
        ("finds:Corrupt:aborts", FaultKind.Corrupt),
    ];

    private static SupervisorOptions Options => new()
    {
        HelperPath = ClipGuardProgramPaths.Scripted,
        HelperArguments = ["knows-clips"],
        Workers = 4,
        Spares = 2,

        // Long enough for a first decode, which is compiled meanwhile, beside helpers that spin and others that start.
        StallLimit = TimeSpan.FromSeconds(1.5),
        Deadline = TimeSpan.FromSeconds(3.5),
        PayloadBytes = 64 << 20,
    };

    public static async Task<int> RunAsync(int decodes)
    {
        int wrong = 0;
        int unsettled = 0;
        int done = 0;
        var growth = new MemoryGrowthMeter(decodes);

        // What a process opens once and keeps is there before the count begins.
        Console.WriteLine($"soak: {decodes} decodes, every {MisbehavingEvery}th misbehaves");
        await (await Supervisor.StartAsync(Options)).DisposeAsync();
        var left = new Leftovers();
        long began = Stopwatch.GetTimestamp();
        await using (Supervisor supervisor = await Supervisor.StartAsync(Options))
        {
            await Parallel.ForAsync(0, decodes, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, cancellation) =>
            {
                (string script, FaultKind? expected) = i % MisbehavingEvery == MisbehavingEvery - 1
                    ? (
                        Misbehaviours[i / MisbehavingEvery % Misbehaviours.Length].Script,
                        (FaultKind?)Misbehaviours[i / MisbehavingEvery % Misbehaviours.Length].Verdict)
                    : ($"ok:{i % 5000}", null);
                var request = new DecodeRequest(new FileSource($"/scripts/{script}"), new AudioSpec());
                DecodeOutcome first = await supervisor.DecodeAsync(request, cancellation);

                // On a busy machine a hang may not have had its time: it is settled, and its verdict is the same.
                using DecodeOutcome outcome = first.Unsettled is null ? first : await supervisor.SettleAsync(request, cancellation);
                Interlocked.Add(ref unsettled, first.Unsettled is null ? 0 : 1);
                if (outcome.Fault?.Kind != expected || (outcome.IsClip && !IsCountedFromZero(outcome.Payload, i % 5000)))
                {
                    Console.Error.WriteLine(
                        $"decode {i}, {script}: expected {expected?.ToString() ?? "a clip"}, got {outcome.Fault?.Kind.ToString() ?? "a clip"}: "
                            + $"{outcome.Fault?.Message}");
                    Interlocked.Increment(ref wrong);
                }

                growth.Note(Interlocked.Increment(ref done));
            });
        }

        TimeSpan elapsed = Stopwatch.GetElapsedTime(began);
        string[] leftovers = left.Find();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"soak: {done} of {decodes} verdicts, {wrong} wrong, {unsettled} settled later, {decodes / elapsed.TotalSeconds:0} decodes/s, memory "
                + $"growth from the first to the last tenth "
                + $"{growth.Megabytes:0.0} MB, left over: {(leftovers.Length == 0 ? "nothing" : string.Join("; ", leftovers))}"));
        return wrong == 0 && done == decodes && leftovers.Length == 0 && growth.Megabytes < 20 ? 0 : 1;
    }

    // The scripted helper counts samples up from zero: another decode's payload would show.
    private static bool IsCountedFromZero(ReadOnlySpan<byte> payload, int samples)
    {
        ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(payload);
        return values.Length == samples && (samples == 0 || values[^1] == samples - 1);
    }
}
