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

    /// <summary>The exception to throw where a file cannot be written; an exception that is no error of files is returned as it is.</summary>
    internal static Exception For(string path, Exception error) => !IsFileError(error) ? error
        : new OutputException($"cannot write {path}: {(Directory.Exists(path) ? "it is a folder" : Reason(error))}", error);

    /// <summary>The exception to throw where a folder cannot be made or written to.</summary>
    internal static OutputException ForFolder(string path, Exception error)
    {
        string above = path;
        while (!Path.Exists(above) && Path.GetDirectoryName(above) is { } parent)
        {
            above = parent;
        }

        string reason = Directory.Exists(above) ? Reason(error) : $"{(above == path ? "it" : above)} is a file";
        return new OutputException($"cannot use {path} as the output folder: {reason}", error);
    }

    /// <summary>True for exceptions by which the runtime reports errors of files and folders; others are bugs.</summary>
    internal static bool IsFileError(Exception error) => error is IOException or UnauthorizedAccessException;

    private static string Reason(Exception error) => error is UnauthorizedAccessException ? "access is denied" : error.Message.TrimEnd('.');
}
