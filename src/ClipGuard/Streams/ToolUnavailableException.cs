namespace ClipGuard.Streams;

/// <summary>The tool cannot be run on this machine: the installation is at fault, never a clip. The message says what to do.</summary>
public sealed class ToolUnavailableException(string message) : Exception(message);
