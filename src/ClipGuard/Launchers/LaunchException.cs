namespace ClipGuard.Launchers;

/// <summary>The environment does not say, or says in two ways, which of several processes this one is.</summary>
public sealed class LaunchException : InvalidOperationException
{
    /// <summary>An exception that names the variables.</summary>
    /// <param name="message">Which variables, what is wrong, what to do.</param>
    public LaunchException(string message)
        : base(message)
    {
    }
}
