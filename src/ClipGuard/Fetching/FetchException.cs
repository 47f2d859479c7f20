namespace ClipGuard.Fetching;

/// <summary>Bytes of an object could not be had, after all tries.</summary>
/// <param name="failure">Why not.</param>
/// <param name="message">The same for a person.</param>
internal sealed class FetchException(FetchFailure failure, string message) : IOException(message)
{
    public FetchFailure Failure { get; } = failure;
}
