namespace ClipGuard.Fetching;

/// <summary>A server sent the fetcher where it does not go. Never leaves the fetcher, for which it is that clip's fault.</summary>
/// <param name="message">Where to, and why not.</param>
internal sealed class RefusedRedirectException(string message) : Exception(message);
