namespace ClipGuard.Streams;

/// <summary>The tool cannot be run on this machine: trouble of the installation, never of a clip. The message says what to do.</summary>
public sealed class ToolUnavailableException(string message) : Exception(message);
