namespace ClipGuard.Verdicts;

/// <summary>A snapshot of a verdict store cannot be used.</summary>
public sealed class SnapshotException : Exception
{
    /// <summary>An exception that says which snapshot and why.</summary>
    /// <param name="message">Which snapshot, and what is wrong.</param>
    /// <param name="inner">The cause, where there is one.</param>
    public SnapshotException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
