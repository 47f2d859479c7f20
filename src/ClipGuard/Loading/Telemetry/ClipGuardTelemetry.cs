namespace ClipGuard.Loading;

/// <summary>The names under which ClipGuard's measurements and activities are found.</summary>
public static class ClipGuardTelemetry
{
    /// <summary>Of the <see cref="System.Diagnostics.Metrics.Meter"/>.</summary>
    public const string MeterName = "ClipGuard";

    /// <summary>Of the <see cref="System.Diagnostics.ActivitySource"/>: one activity for each batch delivered, from the first dispatch of its samples to its delivery.</summary>
    public const string ActivitySourceName = "ClipGuard";
}
