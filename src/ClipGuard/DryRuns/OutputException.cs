namespace ClipGuard.DryRuns;

/// <summary>The output folder or a file in it cannot be used as asked.</summary>
public sealed class OutputException : Exception
{
    /// <summary>An exception that says which file and what is wrong.</summary>
    /// <param name="message">Which file, what is wrong, what to do.</param>
    /// <param name="inner">The cause, where there is one.</param>
    public OutputException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>The exception to throw where a file cannot be used; anything that is no file trouble comes back as it is.</summary>
    internal static Exception For(string path, Exception trouble) =>
        trouble is IOException or UnauthorizedAccessException ? new OutputException($"cannot write {path}: {Reason(path, trouble)}", trouble) : trouble;

    private static string Reason(string path, Exception trouble) =>
        Directory.Exists(path) ? "it is a folder" : trouble is UnauthorizedAccessException ? "access is denied" : trouble.Message.TrimEnd('.');
}
