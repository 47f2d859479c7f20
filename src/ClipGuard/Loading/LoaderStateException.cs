namespace ClipGuard.Loading;

/// <summary>A state does not belong to the loader that was to go on from it.</summary>
/// <param name="message">What differs, and what to do.</param>
public sealed class LoaderStateException(string message) : Exception(message);
