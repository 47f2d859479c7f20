using System.Globalization;

using ClipGuard.Manifests;
using ClipGuard.Supervision;

namespace ClipGuard.Cli.Settings;

/// <summary>Whether clips are fetched from http and https addresses, and how.</summary>
internal static class FetchSettings
{
    private const string Heading = "Clips at http addresses";

    public static readonly SettingGroup<ManifestOptions> Permission = new(Heading, new ManifestOptions());

    public static readonly SettingGroup<FetchOptions> Group = new(Heading, new FetchOptions());

    public static readonly Setting<bool> Allow = Permission.Flag(
        "allow-http",
        "Fetch clips that are named by http:// and https:// addresses; without it they are Unsupported.",
        (manifest, allow) => manifest with { AllowHttp = allow });

    public static readonly Setting<bool> AllowPrivate = Group.Flag(
        "allow-private",
        "Let servers at public addresses redirect to private ones, those of this machine and its own networks.",
        (fetching, allow) => fetching with { AllowPrivate = allow });

    public static readonly Setting<TimeSpan> WaitLimit = Group.Value(
        "http-timeout",
        "SECONDS",
        $"How long a server may say nothing, default {Group.Unset.WaitLimit.TotalSeconds}; 0 for as long as --timeout lets it. "
            + "The variable SWIFT_TIMEOUT counts too.",
        ReadWaitLimit,
        (fetching, limit) => fetching with { WaitLimit = limit },
        otherVariable: "SWIFT_TIMEOUT");

    public static readonly Setting<long> MaxBytes = Group.Value(
        "max-http-bytes",
        "BYTES",
        $"Most bytes of one clip that is fetched, unpacked where the server compresses it, default {Group.Unset.MaxBytes >> 20}MiB.",
        SettingTextParser.Bytes,
        (fetching, bytes) => fetching with { MaxBytes = bytes });

    // In ms-swift 0 and less set no limit; here the deadline remains.
    private static TimeSpan ReadWaitLimit(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && seconds <= 0
            ? TimeSpan.FromDays(30)
            : SettingTextParser.Seconds(text);
}
