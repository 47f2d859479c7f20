namespace ClipGuard.Manifests;

/// <summary>A manifest cannot be read at all: it is not there, not readable, or not of the kind it was opened as.</summary>
public sealed class ManifestException : Exception
{
    /// <summary>An exception that says which manifest and what is wrong.</summary>
    /// <param name="message">Which manifest, what is wrong, what to do.</param>
    /// <param name="inner">The cause, where there is one.</param>
    public ManifestException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>The exception for an error of the system, whose message may or may not end with a full stop.</summary>
    internal static ManifestException Refused(string what, Exception inner) => new($"{what}: {inner.Message.TrimEnd('.')}.", inner);
}
