using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.ProcessTests.Support;

/// <summary>The misbehaving helper: where it lies, and requests that are scripts for it.</summary>
internal static class MisbehavingHelperProgram
{
    /// <summary>Built beside this assembly, under the same configuration.</summary>
    public static string ProgramPath { get; } = BuiltPrograms.PathOf("ClipGuard.MisbehavingHelper");

    /// <summary>Settings with clocks that run out for nothing but a hang, however slow the machine.</summary>
    public static SupervisorOptions Options(IsolationMode isolation, string start = "well") => new()
    {
        Isolation = isolation,
        HelperPath = ProgramPath,
        HelperArguments = [start],
        Workers = 2,
        Spares = 1,
        Deadline = TimeSpan.FromSeconds(30),
        StallLimit = TimeSpan.FromSeconds(10),
        StartLimit = TimeSpan.FromSeconds(30),
        HelperMemoryBytes = 80 << 20,
        PayloadBytes = 64 << 20,
    };

    /// <summary>
    /// The same with clocks that a test can wait for: only where <see cref="FaultKind.Stalled"/> or <see cref="FaultKind.TimedOut"/> is expected. A helper's
    /// first decode is compiled while they run, so that on a slow machine they can run out for any other. A mere heartbeat stalls only after twice the limit,
    /// its first look having found a stage and a stamp that are new: the deadline lies beyond that.
    /// </summary>
    public static SupervisorOptions ShortClocks(IsolationMode isolation) =>
        Options(isolation) with { Deadline = TimeSpan.FromSeconds(3.5), StallLimit = TimeSpan.FromSeconds(1.5) };

    /// <summary>A request that the helper reads as a script.</summary>
    public static DecodeRequest Script(string name) => new(new FileSource($"/scripts/{name}"), new AudioSpec());

    /// <summary>Decodes a script, and where a busy machine left it unsettled, settles it: its verdict is the same, only later.</summary>
    public static async Task<DecodeOutcome> DecideAsync(this Supervisor supervisor, string script, CancellationToken cancellation)
    {
        DecodeOutcome outcome = await supervisor.DecodeAsync(Script(script), cancellation);
        return outcome.Unsettled is null ? outcome : await supervisor.SettleAsync(Script(script), cancellation);
    }
}
