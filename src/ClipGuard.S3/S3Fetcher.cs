using System.Net;
using System.Net.Http.Headers;

using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

using ClipGuard.Fetching;

namespace ClipGuard.ObjectStorage;

/// <summary>
/// The fetcher for <c>s3://bucket/key</c>: Amazon S3, and other stores that speak its protocol. Any number of threads. Nothing is asked before the first
/// fetch.
/// </summary>
/// <remarks>
/// Credentials come from where Amazon's SDK looks for them: the environment (<c>AWS_ACCESS_KEY_ID</c>, …), the token of a Kubernetes service account, profiles
/// (<c>AWS_PROFILE</c>), a container's and a machine's role. They stand in no message. The SDK tries nothing again here: that is for whoever fetches.
/// </remarks>
public sealed class S3Fetcher : IFetcher, IDisposable
{
    private static readonly string[] EndpointVariables = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"];

    private readonly S3Options _options;
    private readonly TimeProvider _time;
    private readonly Lazy<Task<AmazonS3Client>> _client;
    private readonly OneRequestClientFactory _connections = new();

    /// <summary>A fetcher that has made no connection.</summary>
    /// <param name="options">How the store is asked; null for the defaults.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public S3Fetcher(S3Options? options = null, TimeProvider? time = null)
    {
        _options = options ?? new S3Options();
        _time = time ?? TimeProvider.System;

        // Looking for credentials asks files and servers, and waits for them without a token to end it.
        _client = new Lazy<Task<AmazonS3Client>>(() => Task.Run(NewClient));
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Schemes { get; } = ["s3"];

    /// <inheritdoc/>
    public async Task<FetchAnswer> FetchAsync(FetchRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var name = ObjectName.Of(request.Address);
        if (name.Objection() is { } objection)
        {
            return new FetchAnswer(objection);
        }

        // Always a range: of a whole object the SDK takes the ETag for the MD5 of its bytes, which it need not be, and fails at the last of them.
        var asked = new GetObjectRequest
        {
            BucketName = name.Bucket,
            Key = name.Key,
            ByteRange = new ByteRange(new RangeHeaderValue(request.Offset, request.Offset + request.Length - 1).ToString()),
            EtagToMatch = request.Version,
        };
        (GetObjectResponse? response, FetchFailure? failure) = await AskAsync(
            (client, stop) => client.GetObjectAsync(asked, stop), request, cancellation).ConfigureAwait(false);
        if (failure is { Kind: FetchFailureKind.BehindEnd } && !request.IsRange)
        {
            // Nothing has no first byte.
            return new FetchAnswer(Stream.Null) { Length = 0, ObjectLength = 0 };
        }

        return failure is not null ? new FetchAnswer(failure) : Answer(response!);
    }

    /// <inheritdoc/>
    public async Task<FetchListing> ListAsync(Uri prefix, string? continuation, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        var name = ObjectName.Of(prefix);
        var asked = new ListObjectsV2Request { BucketName = name.Bucket, Prefix = name.Key, ContinuationToken = continuation };
        (ListObjectsV2Response? response, FetchFailure? failure) = await AskAsync(
            (client, stop) => client.ListObjectsV2Async(asked, stop), null, cancellation).ConfigureAwait(false);
        if (failure is not null)
        {
            return new FetchListing([]) { Failure = failure };
        }

        // Objects whose names end with a slash stand for folders. Where there are none at all, the SDK has no list.
        IEnumerable<string> keys = (response!.S3Objects ?? []).Select(static entry => entry.Key).Where(static key => !key.EndsWith('/'));
        Uri[] found = [.. keys.Select(key => (name with { Key = key }).ToAddress())];
        return new FetchListing(found) { Continuation = response.IsTruncated == true ? response.NextContinuationToken : null };
    }

    /// <summary>Ends all connections.</summary>
    public void Dispose()
    {
        if (_client is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            _client.Value.Result.Dispose();
        }

        _connections.Dispose();
    }

    private static FetchAnswer Answer(GetObjectResponse response)
    {
        Stream body = response.ResponseStream;

        // Where there is no Content-Length the SDK says 0.
        long? length = response.ContentLength > 0 ? response.ContentLength : null;
        if (response.HttpStatusCode != HttpStatusCode.PartialContent)
        {
            return new FetchAnswer(body, response)
            {
                Length = length,
                ObjectLength = length,
                Version = VersionOf(response),
                Modified = ModifiedOf(response),
            };
        }

        if (!ContentRangeHeaderValue.TryParse(response.ContentRange, out ContentRangeHeaderValue? range)
            || range is not { Unit: "bytes", From: not null, To: not null } || (length is not null && length != range.To - range.From + 1))
        {
            response.Dispose();
            return new FetchAnswer(new FetchFailure(FetchFailureKind.Unanswered, "the store sent a part, and says wrongly or not at all which"));
        }

        return new FetchAnswer(body, response)
        {
            Offset = range.From.Value,
            Length = range.To - range.From + 1,
            ObjectLength = range.Length,
            Version = VersionOf(response),
            Modified = ModifiedOf(response),
        };
    }

    private static DateTimeOffset? ModifiedOf(GetObjectResponse response) =>
        response.LastModified is { } time ? new DateTimeOffset(time.ToUniversalTime()) : null;

    // A weak one may stay the same where bytes change, and no request can be bound to it.
    private static string? VersionOf(GetObjectResponse response) =>
        response.ETag is { Length: > 0 } tag && !tag.StartsWith("W/", StringComparison.Ordinal) ? tag : null;

    private async Task<(T? Response, FetchFailure? Failure)> AskAsync<T>(
        Func<AmazonS3Client, CancellationToken, Task<T>> ask, FetchRequest? request, CancellationToken cancellation)
        where T : AmazonWebServiceResponse
    {
        try
        {
            AmazonS3Client client = await _client.Value.WaitAsync(cancellation).ConfigureAwait(false);
            return (await ask(client, cancellation).ConfigureAwait(false), null);
        }
        catch (AmazonS3Exception answer)
        {
            return (null, S3Failure.Of(answer, request, _time));
        }
        catch (AmazonClientException error)
        {
            cancellation.ThrowIfCancellationRequested();
            return (null, error.InnerException is HttpRequestException or IOException
                ? new FetchFailure(FetchFailureKind.Unanswered, error.InnerException.Message.TrimEnd('.'))
                : new FetchFailure(
                    FetchFailureKind.Denied,
                    "no credentials were found for the store, in the environment, a profile, a container's or this machine's role: set them, or ask "
                        + $"without any (--s3-anonymous, or {nameof(S3Options)}.{nameof(S3Options.Anonymous)})"));
        }
    }

    private AmazonS3Client NewClient()
    {
        bool hasEndpoint = _options.Endpoint is not null
            || EndpointVariables.Any(static variable => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable)));
        var config = new AmazonS3Config
        {
            // One request for each fetch: what is tried again is counted by whoever fetches.
            MaxErrorRetry = 0,
            MaxStaleConnectionRetries = 0,
            HttpClientFactory = _connections,
            ForcePathStyle = _options.PathStyle ?? hasEndpoint,
            AllowAutoRedirect = false,

            // Checksums of the store are of whole objects, and these are ranges.
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        string region = _options.Region
            ?? FallbackRegionFactory.GetRegionEndpoint(includeInstanceMetadata: false)?.SystemName
            ?? RegionEndpoint.USEast1.SystemName;
        if (_options.Endpoint is { } endpoint)
        {
            config.ServiceURL = endpoint.AbsoluteUri;
            config.AuthenticationRegion = region;
        }
        else
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }

        return _options.Anonymous ? new AmazonS3Client(new AnonymousAWSCredentials(), config) : new AmazonS3Client(config);
    }
}
