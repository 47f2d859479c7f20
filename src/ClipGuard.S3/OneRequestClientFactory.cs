using Amazon.Runtime;

using ClipGuard.Fetching;

namespace ClipGuard.ObjectStorage;

/// <summary>The connections of one fetcher, on which the SDK sends each request once (<see cref="NoResendStream"/>).</summary>
internal sealed class OneRequestClientFactory : HttpClientFactory, IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        UseCookies = false,
        PlaintextStreamFilter = static (context, _) => ValueTask.FromResult<Stream>(new NoResendStream(context.PlaintextStream)),
    })
    {
        // Whoever fetches has limits of his own, which also cover bodies.
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => _client;

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

    public void Dispose() => _client.Dispose();
}
