namespace ClipGuard.Fetching;

/// <summary>
/// Gets bytes from addresses of some URI schemes: http and https are built in, others are added by <see cref="FetchOptions.Fetchers"/>. Any number of threads.
/// </summary>
/// <remarks>
/// A fetcher makes one request for each call and tells what came of it. Trying again, limits of time and size, going on where a body broke off, and the
/// checks of ranges, lengths and versions are done for it: a fetcher must not do these itself, or they would multiply.
/// </remarks>
public interface IFetcher
{
    /// <summary>The schemes in lower case and without a colon, as <c>s3</c>. They do not change.</summary>
    IReadOnlyCollection<string> Schemes { get; }

    /// <summary>Asks once for bytes. The answer comes before the body does.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="cancellation">Ends the asking, and reads of the body that are given it. It is cancelled where the server says nothing for too long.</param>
    /// <returns>The body, or why there is none. The caller disposes it.</returns>
    /// <exception cref="OperationCanceledException">The asking was ended.</exception>
    /// <remarks>
    /// <see cref="IOException"/> and <see cref="HttpRequestException"/>, here and from the body, count as <see cref="FetchFailureKind.Unanswered"/>; their
    /// messages are shown, and must not hold secrets. Any other exception is a bug.
    /// </remarks>
    Task<FetchAnswer> FetchAsync(FetchRequest request, CancellationToken cancellation = default);

    /// <summary>Asks once for some of the addresses that begin with another, in the order of their characters. A fetcher need not know how.</summary>
    /// <param name="prefix">What they begin with.</param>
    /// <param name="continuation">Where the page before said to go on; null for the first.</param>
    /// <param name="cancellation">Ends the asking.</param>
    /// <exception cref="OperationCanceledException">The asking was ended.</exception>
    Task<FetchListing> ListAsync(Uri prefix, string? continuation, CancellationToken cancellation = default) => Task.FromResult(
        new FetchListing([]) { Failure = new FetchFailure(FetchFailureKind.Unsupported, $"addresses of {prefix?.Scheme}:// cannot be listed") });
}
