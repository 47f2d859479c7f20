namespace ClipGuard.Runs;

/// <summary>How records give time: in seconds, to the microsecond.</summary>
internal static class Seconds
{
    /// <summary>A time in seconds.</summary>
    public static double Of(TimeSpan time) => Math.Round(time.TotalSeconds, 6);
}
