namespace ClipGuard.Runs;

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

    /// <summary>The exception to throw where a file cannot be written; anything that is no file trouble comes back as it is.</summary>
    internal static Exception For(string path, Exception trouble) => !IsFileTrouble(trouble) ? trouble
        : new OutputException($"cannot write {path}: {(Directory.Exists(path) ? "it is a folder" : Reason(trouble))}", trouble);

    /// <summary>The exception to throw where a folder cannot be made or written to.</summary>
    internal static OutputException ForFolder(string path, Exception trouble)
    {
        string above = path;
        while (!Path.Exists(above) && Path.GetDirectoryName(above) is { } parent)
        {
            above = parent;
        }

        string reason = Directory.Exists(above) ? Reason(trouble) : $"{(above == path ? "it" : above)} is a file";
        return new OutputException($"cannot use {path} as the output folder: {reason}", trouble);
    }

    /// <summary>True for what happens to files, and not to programs.</summary>
    internal static bool IsFileTrouble(Exception trouble) => trouble is IOException or UnauthorizedAccessException;

    private static string Reason(Exception trouble) => trouble is UnauthorizedAccessException ? "access is denied" : trouble.Message.TrimEnd('.');
}
