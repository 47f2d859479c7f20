using Microsoft.Extensions.Logging;

namespace ClipGuard.Streams.Sessions;

/// <summary>What sessions log. Partial for the generator of these methods alone.</summary>
internal static partial class SessionLogMessages
{
    /// <summary>A helper says that it met a bug.</summary>
    [LoggerMessage(Level = LogLevel.Error, Message = "Stream '{Stream}': a bug of ClipGuard's own, and the clip is not to blame. {Bug}\n{Stack}")]
    public static partial void LogBug(ILogger logger, string stream, string bug, string stack);

    /// <summary>Streams, or the guardian, are late.</summary>
    [LoggerMessage(Level = LogLevel.Warning, Message = "{What} not there after {Seconds} s; it is given up after {Limit} s")]
    public static partial void LogSlowOpening(ILogger logger, string what, double seconds, double limit);

    /// <summary>The session's thread goes on waiting, while its caller does not.</summary>
    [LoggerMessage(Level = LogLevel.Error, Message = "A tool run's processes were killed and do not end: they are stuck in the kernel (guardian {Pid})")]
    public static partial void LogUnkillable(ILogger logger, int pid);
}
