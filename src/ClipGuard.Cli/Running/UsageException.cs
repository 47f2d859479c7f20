namespace ClipGuard.Cli.Running;

/// <summary>Something that the user asked for cannot be done as asked: one line on the screen and <see cref="ExitCode.Usage"/>.</summary>
internal sealed class UsageException(string message, Exception? inner = null) : Exception(message, inner);
