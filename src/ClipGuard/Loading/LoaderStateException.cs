namespace ClipGuard.Loading;

/// <summary>A loader cannot resume from a state: it was taken with another manifest, other settings or other ranks.</summary>
/// <param name="message">What differs, and what to do.</param>
public sealed class LoaderStateException(string message) : Exception(message);
