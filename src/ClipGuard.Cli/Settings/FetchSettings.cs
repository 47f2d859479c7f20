using System.Globalization;

using ClipGuard.Fetching;
using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.ObjectStorage;

namespace ClipGuard.Cli.Settings;

/// <summary>Whether clips are fetched from addresses, and how.</summary>
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

    public static readonly Setting<IReadOnlyList<HttpHeader>> Headers = Group.Values(
        "http-header",
        "HEADER",
        "Header for every server that a manifest names, as 'Authorization: Bearer …'; none that one of these redirects to gets it. May be given several "
            + "times, in the variable one a line: there it is in no list of processes.",
        HttpHeader.Parse,
        (fetching, headers) => fetching with { HttpHeaders = headers });

    public static readonly SettingGroup<S3Options> Store = new("Clips, manifests and shards at s3:// addresses", new S3Options());

    public static readonly Setting<bool> AllowS3 = Store.Flag(
        "allow-s3",
        "Fetch clips that are named by s3:// addresses; where the manifest itself is at one, that need not be said.",
        static (store, _) => store);

    public static readonly Setting<Uri> Endpoint = Store.Value(
        "s3-endpoint",
        "URL",
        "Address of a store that speaks S3. Default: Amazon's, or what AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL or the profile says.",
        ReadEndpoint,
        (store, endpoint) => store with { Endpoint = endpoint });

    public static readonly Setting<string> Region = Store.Value(
        "s3-region",
        "NAME",
        "Region of the buckets. Default: what AWS_REGION or the profile says, or us-east-1.",
        text => text.Length > 0 ? text : throw SettingTextParser.Unlike(text, "a region, such as eu-west-1"),
        (store, region) => store with { Region = region });

    public static readonly Setting<bool> PathStyle = Store.Flag(
        "s3-path-style",
        "Put the bucket into the path of addresses, and not into the name of the host. On where an endpoint is given; =false turns it off.",
        (store, isInPath) => store with { PathStyle = isInPath });

    public static readonly Setting<bool> Anonymous = Store.Flag(
        "s3-anonymous",
        "Ask without credentials, as public buckets allow.",
        (store, anonymous) => store with { Anonymous = anonymous });

    /// <summary>How what lies at addresses is fetched.</summary>
    /// <param name="sources">Where settings come from.</param>
    /// <param name="named">The manifest or the clip that the command line names: to name an s3:// address there is to allow these.</param>
    public static FetchOptions Read(SettingSources sources, string? named)
    {
        FetchOptions options = Group.Read(sources);
        S3Options store = Store.Read(sources);
        return sources.Get(AllowS3, false) || IsS3(named) || IsS3(sources.Get(ManifestSettings.Root, string.Empty))
            ? options with { Fetchers = [new S3Fetcher(store)] }
            : options;
    }

    /// <summary>Whether text is an address of an object store.</summary>
    public static bool IsS3(string? text) => text?.StartsWith("s3://", StringComparison.OrdinalIgnoreCase) == true;

    private static Uri ReadEndpoint(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Scheme.StartsWith(Uri.UriSchemeHttp, StringComparison.Ordinal)
            && address.UserInfo.Length == 0
            ? address
            : throw SettingTextParser.Unlike(RedactedAddress.WithoutSecrets(text), "an address without a password, such as http://127.0.0.1:9000");

    // In ms-swift 0 and less set no limit; here the deadline remains.
    private static TimeSpan ReadWaitLimit(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && seconds <= 0
            ? TimeSpan.FromDays(30)
            : SettingTextParser.Seconds(text);
}
