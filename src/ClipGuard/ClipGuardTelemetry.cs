using System.Diagnostics.Metrics;

namespace ClipGuard;

/// <summary>The names of ClipGuard's meter and activity source.</summary>
public static class ClipGuardTelemetry
{
    /// <summary>Of the <see cref="System.Diagnostics.Metrics.Meter"/>.</summary>
    public const string MeterName = "ClipGuard";

    /// <summary>
    /// Of the <see cref="System.Diagnostics.ActivitySource"/>: one activity for each batch delivered, from the first dispatch of its samples to its
    /// delivery.
    /// </summary>
    public const string ActivitySourceName = "ClipGuard";

    /// <summary>All measurements are this meter's.</summary>
    internal static Meter Meter { get; } = new(MeterName);
}
