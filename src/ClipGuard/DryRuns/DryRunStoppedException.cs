namespace ClipGuard.DryRuns;

/// <summary>A dry run has stopped because so much failed that something around it is broken, or more than its budget allows.</summary>
public sealed class DryRunStoppedException : Exception
{
    /// <summary>An exception that says what was found and what is likely broken.</summary>
    /// <param name="message">What was found, the likely reason, and what to change.</param>
    public DryRunStoppedException(string message)
        : base(message)
    {
    }
}
