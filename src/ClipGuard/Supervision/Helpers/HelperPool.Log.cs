using Microsoft.Extensions.Logging;

namespace ClipGuard.Supervision.Helpers;

// What the pool logs. Sinks can block, so nothing is logged under the lock or on the thread that keeps the clocks.
internal sealed partial class HelperPool
{
    private void LogLater(Action<ILogger> write) => BackgroundLog.Write(_logger, write);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Helper {Pid} is not ready after {Seconds} s; it is given up after {Limit} s")]
    private static partial void LogSlowStart(ILogger logger, int pid, double seconds, double limit);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A helper did not start: {Reason}")]
    private static partial void LogStartFailed(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A helper is confined less than those before it: {Level}")]
    private static partial void LogLooserSandbox(ILogger logger, ClipGuard.Media.SandboxLevel level);

    [LoggerMessage(Level = LogLevel.Error, Message = "Helper {Pid} was killed and does not end: it is stuck in the kernel")]
    private static partial void LogUnkillable(ILogger logger, int pid);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Helper {Pid} was killed while it waited for its clip's bytes, and the kernel does not let it go; {Stuck} of {Workers} wait so. Its "
            + "place stays taken until the storage answers")]
    private static partial void LogStorageStuck(ILogger logger, int pid, int stuck, int workers);
}
