using System.Diagnostics.Metrics;

namespace ClipGuard.Supervision.Processes;

/// <summary>The measurement <c>clipguard.kills</c>. Kills are counted where they are made: a decoder that gives up by itself is not killed.</summary>
internal static class KillCounter
{
    private const string NoVerdict = "none";

    private static readonly Counter<long> Kills = ClipGuardTelemetry.Meter.CreateCounter<long>(
        "clipguard.kills", "{process}", "Helpers and guardians that were killed, by the verdict that they were killed for.");

    /// <summary>Counts one.</summary>
    /// <param name="verdict">
    /// The kind of the fault that the process was killed for; null where no clip and no tool is blamed, as where the caller gave up.
    /// </param>
    public static void Add(string? verdict) => Kills.Add(1, new KeyValuePair<string, object?>("verdict", verdict ?? NoVerdict));
}
