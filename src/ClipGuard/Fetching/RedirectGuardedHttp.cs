using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

using ClipGuard.Media;

namespace ClipGuard.Fetching;

/// <summary>
/// Asks servers for clips, and follows them where they redirect to: over http and https alone, and never from a public address to a private one unless that is
/// allowed, because a server on the internet could make this process ask the machines of its own network for it. Any number of threads.
/// </summary>
internal sealed class RedirectGuardedHttp : IDisposable
{
    private const int MaxRedirections = 5;

    // Made when the first address is asked: most runs ask none, and what a client loads is a tenth of a small run.
    private readonly Lazy<HttpClient> _unrestricted;
    private readonly Lazy<HttpClient> _publicOnly;
    private readonly bool _allowsPrivate;
    private readonly IReadOnlyList<HttpHeader> _headers;
    private readonly Func<IPAddress, bool> _isPrivate;

    /// <summary>Makes no connection yet.</summary>
    /// <param name="options">What is sent along, and whether a public address may lead to a private one.</param>
    /// <param name="isPrivate">Which addresses are private; null for those that are.</param>
    public RedirectGuardedHttp(FetchOptions options, Func<IPAddress, bool>? isPrivate = null)
    {
        _allowsPrivate = options.AllowPrivate;
        _headers = options.HttpHeaders;
        _isPrivate = isPrivate ?? PrivateAddress.Is;
        _unrestricted = new Lazy<HttpClient>(static () => NewClient(null));

        // Connections are kept for later requests, so those that were made without the check must not serve requests that need it.
        _publicOnly = new Lazy<HttpClient>(() => NewClient(ConnectPubliclyAsync));
    }

    /// <summary>Asks for an address; the answer is the last server's, its headers read.</summary>
    /// <param name="request">What is asked for; its <see cref="FetchRequest.Heard"/> is called for each redirection, before the next server is asked.</param>
    /// <param name="stop">Ends the asking.</param>
    /// <exception cref="RefusedRedirectException">A server redirects to where the fetcher does not go, or too often.</exception>
    /// <exception cref="HttpRequestException">A server cannot be asked.</exception>
    public async Task<HttpResponseMessage> GetAsync(FetchRequest request, CancellationToken stop)
    {
        HttpClient client = _unrestricted.Value;
        Uri first = request.Address;
        Uri address = first;
        for (int redirections = 0; ; redirections++)
        {
            HttpResponseMessage response = await AskAsync(client, NewMessage(request, address), stop).ConfigureAwait(false);
            if (!IsRedirection(response.StatusCode))
            {
                return response;
            }

            using (response)
            {
                request.Heard?.Invoke();
                address = Follow(
                    address, response.Headers.Location ?? throw new RefusedRedirectException("the server redirects, and names no address to go to"));
                if (redirections == MaxRedirections)
                {
                    throw new RefusedRedirectException($"the server redirects more than {MaxRedirections} times");
                }

                if (redirections == 0 && !_allowsPrivate && !await LeadsToPrivateAsync(first, stop).ConfigureAwait(false))
                {
                    client = _publicOnly.Value;
                }

                // Where a proxy connects for us, the check of connections sees the proxy alone.
                if (_publicOnly.IsValueCreated && client == _publicOnly.Value && await LeadsToPrivateAsync(address, stop).ConfigureAwait(false))
                {
                    throw Refused(address);
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Lazy<HttpClient> client in new[] { _unrestricted, _publicOnly })
        {
            if (client.IsValueCreated)
            {
                client.Value.Dispose();
            }
        }
    }

    private static HttpClient NewClient(Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>? connect)
    {
        var connections = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            UseCookies = false,
            PlaintextStreamFilter = static (context, _) => ValueTask.FromResult<Stream>(new NoResendStream(context.PlaintextStream)),
            ConnectCallback = connect,
        };

        // The client's own limit covers the body only where it is buffered there, and would then count a long clip as a slow server.
        var client = new HttpClient(connections) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("ClipGuard");
        return client;
    }

    private HttpRequestMessage NewMessage(FetchRequest request, Uri address)
    {
        var message = new HttpRequestMessage(HttpMethod.Get, address);
        if (request.IsRange)
        {
            // Ranges count bytes as they are sent, so those of a packed body would be of no use.
            message.Headers.Range = new RangeHeaderValue(request.Offset, request.Offset + request.Length - 1);
            message.Headers.AcceptEncoding.ParseAdd("identity");
        }

        if (request.Version is { } version)
        {
            message.Headers.IfMatch.ParseAdd(version);
        }

        // A header of the user's may be a secret between him and that server: another one that it redirects to has no part in it.
        bool isSameServer = address.Scheme == request.Address.Scheme && address.Authority == request.Address.Authority;
        foreach (HttpHeader header in isSameServer ? _headers : [])
        {
            message.Headers.Remove(header.Name);
            message.Headers.TryAddWithoutValidation(header.Name, header.Value);
        }

        return message;
    }

    private static async Task<HttpResponseMessage> AskAsync(HttpClient client, HttpRequestMessage message, CancellationToken stop)
    {
        try
        {
            using (message)
            {
                return await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, stop).ConfigureAwait(false);
            }
        }
        catch (HttpRequestException failed) when (failed.InnerException is RefusedRedirectException refused)
        {
            throw new RefusedRedirectException(refused.Message);
        }
    }

    private static bool IsRedirection(HttpStatusCode status) => status is HttpStatusCode.MultipleChoices or HttpStatusCode.MovedPermanently
        or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    private static Uri Follow(Uri from, Uri location)
    {
        if (!Uri.TryCreate(from, location, out Uri? target) || (target.Scheme != Uri.UriSchemeHttp && target.Scheme != Uri.UriSchemeHttps))
        {
            throw new RefusedRedirectException($"the server redirects to {target?.Scheme ?? "nowhere"}:, and clips are fetched over http and https alone");
        }

        return from.Scheme == Uri.UriSchemeHttps && target.Scheme == Uri.UriSchemeHttp
            ? throw new RefusedRedirectException($"the server redirects from https to {Shown(target)}, where anybody could change the clip on its way")
            : target;
    }

    private async ValueTask<Stream> ConnectPubliclyAsync(SocketsHttpConnectionContext context, CancellationToken stop)
    {
        Uri address = context.InitialRequestMessage.RequestUri!;
        IPAddress[] all = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, stop).ConfigureAwait(false);
        bool isProxy = context.DnsEndPoint.Host != address.IdnHost;
        IPAddress[] open = isProxy ? all : [.. all.Where(place => !_isPrivate(place))];
        if (open.Length == 0)
        {
            throw Refused(address);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(open, context.DnsEndPoint.Port, stop).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<bool> LeadsToPrivateAsync(Uri address, CancellationToken stop)
    {
        try
        {
            IPAddress[] places = await Dns.GetHostAddressesAsync(address.IdnHost, stop).ConfigureAwait(false);
            return places.Length > 0 && places.All(_isPrivate);
        }
        catch (SocketException)
        {
            // A name that is known to a proxy alone, or to nobody: whoever connects finds out.
            return false;
        }
    }

    private static RefusedRedirectException Refused(Uri address) => new(
        $"the server redirects to the private address {Shown(address)}; allow that with --allow-private, or "
        + $"{nameof(FetchOptions)}.{nameof(FetchOptions.AllowPrivate)}");

    private static string Shown(Uri address) => RedactedAddress.WithoutSecrets(address.AbsoluteUri);
}
