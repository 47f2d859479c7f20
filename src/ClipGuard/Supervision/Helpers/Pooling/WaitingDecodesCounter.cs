using System.Diagnostics.Metrics;

namespace ClipGuard.Supervision.Helpers.Pooling;

/// <summary>The measurement <c>clipguard.decodes.waiting</c>.</summary>
internal static class WaitingDecodesCounter
{
    private static readonly UpDownCounter<int> Waiting = ClipGuardTelemetry.Meter.CreateUpDownCounter<int>(
        "clipguard.decodes.waiting", "{decode}", "Decodes going on that wait, blocked or for bytes, and leave their processor to others.");

    /// <summary>Counts one that begins to wait, or no longer does.</summary>
    public static void Add(bool begins) => Waiting.Add(begins ? 1 : -1);
}
