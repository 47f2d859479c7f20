namespace ClipGuard.Fetching;

/// <summary>The fetchers that are at hand, by scheme. Those of the options come before the one for http and https that is built in.</summary>
internal sealed class Fetchers : IDisposable
{
    private readonly HttpFetcher _http;
    private readonly IReadOnlyList<IFetcher> _given;

    public Fetchers(FetchOptions options, HttpFetcher http)
    {
        _given = options.Fetchers;
        _http = http;
    }

    /// <summary>The fetcher for an address; null where there is none.</summary>
    public IFetcher? For(Uri address) => Find(_given, address.Scheme) ?? (_http.Schemes.Contains(address.Scheme) ? _http : null);

    /// <summary>The fetcher among some that knows a scheme; null where none does.</summary>
    public static IFetcher? Find(IEnumerable<IFetcher> fetchers, string scheme) =>
        fetchers.FirstOrDefault(fetcher => fetcher.Schemes.Contains(scheme, StringComparer.OrdinalIgnoreCase));

    /// <summary>What to do about addresses of a scheme that nothing fetches.</summary>
    public static string Advice(string scheme) => scheme switch
    {
        "s3" => "are fetched only where that is allowed: --allow-s3, or an S3Fetcher of the package ClipGuard.S3 in "
            + $"{nameof(FetchOptions)}.{nameof(FetchOptions.Fetchers)}",
        _ => $"are not read; fetch the clip and name its file, or give an {nameof(IFetcher)} for them in "
            + $"{nameof(FetchOptions)}.{nameof(FetchOptions.Fetchers)}",
    };

    /// <summary>The given fetchers are their owner's to dispose.</summary>
    public void Dispose() => _http.Dispose();
}
