using System.Net;
using System.Net.Http.Headers;

namespace ClipGuard.Fetching;

/// <summary>The fetcher for http and https addresses. Any number of threads.</summary>
internal sealed class HttpFetcher : IFetcher, IDisposable
{
    private readonly RedirectGuardedHttp _connections;
    private readonly TimeProvider _time;

    /// <summary>A fetcher that has made no connection.</summary>
    /// <param name="options">How it is done.</param>
    /// <param name="time">The clock.</param>
    /// <param name="isPrivate">Which addresses are private; null for those that are.</param>
    public HttpFetcher(FetchOptions options, TimeProvider time, Func<IPAddress, bool>? isPrivate = null)
    {
        _connections = new RedirectGuardedHttp(options, isPrivate);
        _time = time;
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Schemes { get; } = [Uri.UriSchemeHttp, Uri.UriSchemeHttps];

    /// <inheritdoc/>
    public async Task<FetchAnswer> FetchAsync(FetchRequest request, CancellationToken cancellation = default)
    {
        HttpResponseMessage response;
        try
        {
            response = await _connections.GetAsync(request, cancellation).ConfigureAwait(false);
        }
        catch (RefusedRedirectException refused)
        {
            return new FetchAnswer(new FetchFailure(FetchFailureKind.Unsupported, refused.Message));
        }

        try
        {
            return await ReadAsync(response, request, cancellation).ConfigureAwait(false);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _connections.Dispose();

    private async Task<FetchAnswer> ReadAsync(HttpResponseMessage response, FetchRequest request, CancellationToken cancellation)
    {
        ContentRangeHeaderValue? range = response.Content.Headers.ContentRange;
        long? length = response.Content.Headers.ContentLength;
        bool isPart = response.StatusCode == HttpStatusCode.PartialContent && request.IsRange;
        if (response.StatusCode != HttpStatusCode.OK && !isPart)
        {
            using (response)
            {
                return new FetchAnswer(Refusal(response, request));
            }
        }

        if (isPart && (range is not { Unit: "bytes", From: not null, To: not null } || length != range.To - range.From + 1))
        {
            using (response)
            {
                return new FetchAnswer(new FetchFailure(
                    FetchFailureKind.Unanswered, $"the server sent part of it, {length?.ToString() ?? "so many"} bytes, and tells another range: {range}"));
            }
        }

        Stream body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        DateTimeOffset? modified = response.Content.Headers.LastModified;
        string? version = response.Headers.ETag is { IsWeak: false } tag ? tag.Tag : null;

        // What was unpacked on its way has no length, and its bytes have other places than those that a range would count.
        return isPart
            ? new FetchAnswer(body, response)
            {
                Offset = range!.From!.Value,
                Length = length,
                ObjectLength = range.Length,
                Version = version,
                Modified = modified,
            }
            : new FetchAnswer(body, response)
            {
                Length = length,
                ObjectLength = length,
                Version = length is null ? null : version,
                Modified = length is null ? null : modified,
            };
    }

    // A server that wants to know who asks, that is busy or that fails says nothing of the object; any other refusal says that there is none.
    private FetchFailure Refusal(HttpResponseMessage response, FetchRequest request)
    {
        FetchFailureKind kind = response.StatusCode switch
        {
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests => FetchFailureKind.Busy,
            >= HttpStatusCode.InternalServerError => FetchFailureKind.Unanswered,
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.ProxyAuthenticationRequired => FetchFailureKind.Denied,
            HttpStatusCode.PreconditionFailed when request.Version is not null => FetchFailureKind.Changed,
            HttpStatusCode.RequestedRangeNotSatisfiable when request.IsRange => FetchFailureKind.BehindEnd,
            _ => FetchFailureKind.NotFound,
        };
        bool mayPass = kind is FetchFailureKind.Busy or FetchFailureKind.Unanswered;
        TimeSpan? wait = response.Headers.RetryAfter is { } after && mayPass ? after.Delta ?? (after.Date - _time.GetUtcNow()) : null;
        return new FetchFailure(kind, $"the server answered {(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd())
        {
            RetryAfter = wait > TimeSpan.Zero ? wait : null,
        };
    }
}
