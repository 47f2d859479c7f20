namespace ClipGuard.Media;

/// <summary>How tightly a helper is confined while it decodes.</summary>
public enum SandboxLevel
{
    /// <summary>Not confined beyond being a process of its own.</summary>
    Off,

    /// <summary>
    /// Nothing writable, no right of root's left but to read, and the system calls that reach other processes, programs or networks are refused.
    /// </summary>
    Standard,

    /// <summary>
    /// As <see cref="Standard"/>, and only the system calls that the runtime and FFmpeg are known to need are let through; root reads no files of others.
    /// </summary>
    Strict,
}
