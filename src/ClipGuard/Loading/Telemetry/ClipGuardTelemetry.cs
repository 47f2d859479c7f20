namespace ClipGuard.Loading;

/// <summary>The names under which ClipGuard's measurements and activities are found.</summary>
public static class ClipGuardTelemetry
{
    /// <summary>Of the <see cref="System.Diagnostics.Metrics.Meter"/>.</summary>
    public const string MeterName = "ClipGuard";

    /// <summary>Of the <see cref="System.Diagnostics.ActivitySource"/>: one activity a batch, from its first dispatch to its delivery.</summary>
    public const string ActivitySourceName = "ClipGuard";
}
