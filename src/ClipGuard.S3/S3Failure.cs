using System.Globalization;
using System.Net;

using Amazon.Runtime.Internal;
using Amazon.S3;

using ClipGuard.Fetching;

namespace ClipGuard.ObjectStorage;

/// <summary>Says what an error of the SDK means for an object. Of what the store answers only its code is told on: the rest may be anything.</summary>
internal static class S3Failure
{
    private const int LongestWord = 64;

    /// <summary>The failure that an answer of the store is.</summary>
    public static FetchFailure Of(AmazonS3Exception error, FetchRequest? request, TimeProvider time)
    {
        FetchFailureKind kind = error.StatusCode switch
        {
            HttpStatusCode.NotFound => FetchFailureKind.NotFound,
            HttpStatusCode.PreconditionFailed when request?.Version is not null => FetchFailureKind.Changed,
            HttpStatusCode.RequestedRangeNotSatisfiable => FetchFailureKind.BehindEnd,
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable => FetchFailureKind.Busy,
            >= HttpStatusCode.InternalServerError => FetchFailureKind.Unanswered,

            // The object is there, and in an archive; it takes hours to get it from there.
            _ when error.ErrorCode == "InvalidObjectState" => FetchFailureKind.Unsupported,

            // An answer that is none, as where the connection ends within its headers.
            0 or HttpStatusCode.OK or HttpStatusCode.PartialContent => FetchFailureKind.Unanswered,

            // A wrong region, an expired token, a wrong clock: all of these are about who asks and where.
            _ => FetchFailureKind.Denied,
        };
        AnswerHeaders? answer = AnswerOf(error);
        string hint = answer?.Header("x-amz-bucket-region") is { Length: > 0 } other && error.StatusCode is >= (HttpStatusCode)300 and < (HttpStatusCode)500
            and not (HttpStatusCode.NotFound or HttpStatusCode.Forbidden or HttpStatusCode.PreconditionFailed)
            ? $"; the bucket lies in the region {Word(other)}"
            : error is { StatusCode: HttpStatusCode.Forbidden, ErrorCode: "AccessDenied" }
                ? ", which also stands for objects that are not there where the bucket may not be listed"
            : string.Empty;
        return new FetchFailure(kind, $"the store answered {(int)error.StatusCode} {Word(error.ErrorCode)}".TrimEnd() + hint)
        {
            RetryAfter = kind is FetchFailureKind.Busy or FetchFailureKind.Unanswered ? WaitOf(answer?.Header("Retry-After"), time) : null,
        };
    }

    private static string Word(string? said) =>
        new([.. (said ?? string.Empty).Where(static letter => char.IsAsciiLetterOrDigit(letter) || letter == '-').Take(LongestWord)]);

    private static TimeSpan? WaitOf(string? retryAfter, TimeProvider time)
    {
        TimeSpan? wait = int.TryParse(retryAfter, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) ? TimeSpan.FromSeconds(seconds)
            : DateTimeOffset.TryParse(retryAfter, CultureInfo.InvariantCulture, out DateTimeOffset date) ? date - time.GetUtcNow()
            : null;
        return wait > TimeSpan.Zero ? wait : null;
    }

    private static AnswerHeaders? AnswerOf(Exception error) =>
        error.InnerException is HttpErrorResponseException { Response: { } response } ? new AnswerHeaders(response) : null;

    private sealed class AnswerHeaders(Amazon.Runtime.Internal.Transform.IWebResponseData response)
    {
        public string? Header(string name) => response.IsHeaderPresent(name) ? response.GetHeaderValue(name) : null;
    }
}
