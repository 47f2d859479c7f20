using System.Globalization;

using ClipGuard.Supervision;

namespace ClipGuard.Cli.Settings;

/// <summary>Whether clips are fetched from http and https addresses, and how.</summary>
internal static class FetchSettings
{
    private static readonly FetchOptions Default = new();

    public static readonly Setting<bool> Allow = new FlagSetting("allow-http", "Fetch clips that are named by http:// and https:// addresses.");

    public static readonly Setting<TimeSpan> WaitLimit = new ValueSetting<TimeSpan>(
        "http-timeout",
        "SECONDS",
        $"How long a server may say nothing, default {Default.WaitLimit.TotalSeconds}; 0 for as long as --timeout lets it. The variable SWIFT_TIMEOUT counts too.",
        ReadWaitLimit)
    { OtherVariable = "SWIFT_TIMEOUT" };

    public static readonly Setting<long> MaxBytes = new ValueSetting<long>(
        "max-http-bytes",
        "BYTES",
        $"Most bytes of one clip that is fetched, default {Default.MaxBytes >> 20}MiB.",
        ValueText.Bytes);

    public static IReadOnlyList<Setting> All { get; } = [Allow, WaitLimit, MaxBytes];

    public static FetchOptions Read(SettingSources sources) => Default with
    {
        WaitLimit = sources.Get(WaitLimit, Default.WaitLimit),
        MaxBytes = sources.Get(MaxBytes, Default.MaxBytes),
    };

    // In ms-swift 0 and less set no limit; here the deadline remains.
    private static TimeSpan ReadWaitLimit(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && seconds <= 0 ? TimeSpan.FromDays(30) : ValueText.Seconds(text);
}
