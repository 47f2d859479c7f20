using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ClipGuard.TestStore;

/// <summary>
/// An object store on the loopback interface that keeps to S3's protocol, buckets in its path: ranges, conditions, pages of listings, errors as XML. What it is
/// to do wrong is said of each request by <see cref="Misbehave"/>.
/// </summary>
internal sealed class ObjectStore : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<AskedRequest> _asked = new();

    private ObjectStore(WebApplication app) => _app = app;

    /// <summary>What is there, by bucket and key with a slash between.</summary>
    public ConcurrentDictionary<string, StoredObject> Objects { get; } = new(StringComparer.Ordinal);

    /// <summary>All requests so far.</summary>
    public IReadOnlyList<AskedRequest> Asked => [.. _asked];

    /// <summary>Where it is.</summary>
    public Uri Address => new(_app.Urls.Single());

    /// <summary>Names in one page of a listing.</summary>
    public int PageSize { get; set; } = 1000;

    /// <summary>What is wrong with the answer to a request, which is the first (0) or a later one; null for nothing.</summary>
    public Func<AskedRequest, int, Misbehaviour?> Misbehave { get; set; } = static (_, _) => null;

    public static async Task<ObjectStore> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var store = new ObjectStore(builder.Build());
        store._app.Run(store.AnswerAsync);
        await store._app.StartAsync();
        return store;
    }

    /// <summary>Puts an object there.</summary>
    public void Put(string name, byte[] bytes, string? tag = "\"b5-1\"") => Objects[name] = new StoredObject(bytes, tag);

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(0);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        var asked = new AskedRequest(
            Uri.UnescapeDataString(request.Path.Value!.TrimStart('/')), request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString()));
        int before = _asked.Count;
        _asked.Enqueue(asked);
        Misbehaviour wrong = Misbehave(asked, before) ?? new Misbehaviour();
        if (wrong.HangsUp)
        {
            context.Abort();
        }
        else if (wrong.Status is { } status)
        {
            if (wrong.RetryAfter is { } wait)
            {
                context.Response.Headers.RetryAfter = wait;
            }

            await RefuseAsync(context, status, wrong.Code ?? "SlowDown");
        }
        else if (request.Query.ContainsKey("list-type"))
        {
            await ListAsync(context, asked.Name.TrimEnd('/'));
        }
        else if (!Objects.TryGetValue(asked.Name, out StoredObject? found))
        {
            await RefuseAsync(context, 404, "NoSuchKey");
        }
        else if (request.Headers.IfMatch.ToString() is { Length: > 0 } condition && condition != found.Tag)
        {
            await RefuseAsync(context, 412, "PreconditionFailed");
        }
        else
        {
            await SendAsync(context, found, wrong);
        }
    }

    private static async Task SendAsync(HttpContext context, StoredObject found, Misbehaviour wrong)
    {
        HttpResponse response = context.Response;
        byte[] bytes = found.Bytes;
        (long from, long to) = (0, bytes.Length);
        if (RangeHeaderValue.TryParse(context.Request.Headers.Range, out RangeHeaderValue? asked) && !wrong.IgnoresRange)
        {
            RangeItemHeaderValue range = asked.Ranges.Single();
            (from, to) = range.From is { } first
                ? (first, Math.Min((range.To ?? bytes.Length) + 1, bytes.Length))
                : (bytes.Length - range.To!.Value, bytes.Length);
            if (from >= bytes.Length)
            {
                response.Headers.ContentRange = $"bytes */{bytes.Length}";
                await RefuseAsync(context, 416, "InvalidRange");
                return;
            }

            response.StatusCode = 206;
            response.Headers.ContentRange = wrong.ContentRange ?? $"bytes {from}-{to - 1}/{bytes.Length}";
        }

        response.Headers.ETag = found.Tag;
        response.ContentLength = wrong.SaysNoLength ? null : to - from;
        int end = (int)Math.Min(to, from + (wrong.BreaksAfter ?? wrong.StallsAfter ?? long.MaxValue - from));
        await response.StartAsync();
        await response.Body.WriteAsync(bytes.AsMemory((int)from, end - (int)from));
        await response.Body.FlushAsync();
        if (wrong.BreaksAfter is not null)
        {
            context.Abort();
        }
        else if (wrong.StallsAfter is not null)
        {
            // Ends when the other side has lost patience.
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }

    private async Task ListAsync(HttpContext context, string bucket)
    {
        string prefix = context.Request.Query["prefix"].ToString();
        int skip = int.Parse("0" + context.Request.Query["continuation-token"], CultureInfo.InvariantCulture);
        string[] keys = [.. Objects.Keys.Where(name => name.StartsWith($"{bucket}/{prefix}", StringComparison.Ordinal))
            .Select(name => name[(bucket.Length + 1)..]).Order(StringComparer.Ordinal)];
        bool isTruncated = skip + PageSize < keys.Length;
        string contents = string.Concat(keys.Skip(skip).Take(PageSize).Select(key =>
            $"<Contents><Key>{System.Security.SecurityElement.Escape(key)}</Key><Size>1</Size></Contents>"));
        context.Response.ContentType = "application/xml";
        await context.Response.WriteAsync(
            $"<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><IsTruncated>{(isTruncated ? "true" : "false")}</IsTruncated>"
            + (isTruncated ? $"<NextContinuationToken>{skip + PageSize}</NextContinuationToken>" : string.Empty) + contents + "</ListBucketResult>");
    }

    private static async Task RefuseAsync(HttpContext context, int status, string code)
    {
        byte[] text = Encoding.UTF8.GetBytes($"<Error><Code>{code}</Code><Message>for the tests</Message></Error>");
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/xml";
        context.Response.ContentLength = text.Length;
        await context.Response.Body.WriteAsync(text);
    }
}

/// <summary>An object.</summary>
internal sealed record StoredObject(byte[] Bytes, string? Tag);

/// <summary>A request.</summary>
/// <param name="Name">Bucket and key, with a slash between.</param>
/// <param name="Headers">Its headers.</param>
internal sealed record AskedRequest(string Name, IReadOnlyDictionary<string, string> Headers)
{
    public string? Range => Headers.GetValueOrDefault("Range");

    public string? Condition => Headers.GetValueOrDefault("If-Match");
}

/// <summary>What is wrong with an answer.</summary>
internal sealed record Misbehaviour
{
    public bool HangsUp { get; init; }

    public int? Status { get; init; }

    public string? Code { get; init; }

    public string? RetryAfter { get; init; }

    public long? BreaksAfter { get; init; }

    public long? StallsAfter { get; init; }

    public string? ContentRange { get; init; }

    public bool IgnoresRange { get; init; }

    public bool SaysNoLength { get; init; }
}
