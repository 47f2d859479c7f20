using ClipGuard.Media;

using Microsoft.Extensions.Logging;

namespace ClipGuard.Supervision.Helpers.Pooling;

/// <summary>What a pool logs. Sinks can block, so nothing is logged under the lock or on the thread that keeps the clocks, but later.</summary>
/// <param name="logger">Where to.</param>
internal sealed partial class HelperLog(ILogger logger)
{
    /// <summary>A helper is slow to start.</summary>
    public void SlowStart(int pid, SupervisorOptions options) =>
        Later(log => LogSlowStart(log, pid, options.SlowStart.TotalSeconds, options.StartLimit.TotalSeconds));

    /// <summary>A helper did not start.</summary>
    public void StartFailed(string reason) => Later(log => LogStartFailed(log, reason));

    /// <summary>A helper is confined less than those before it.</summary>
    public void LooserSandbox(SandboxLevel level) => Later(log => LogLooserSandbox(log, level));

    /// <summary>A killed helper is stuck in the kernel.</summary>
    public void Unkillable(int pid) => Later(log => LogUnkillable(log, pid));

    /// <summary>A killed helper is stuck in the kernel because it waits for storage.</summary>
    public void StorageStuck(int pid, int stuck, int workers) => Later(log => LogStorageStuck(log, pid, stuck, workers));

    /// <summary>A helper is not used again after a fault.</summary>
    public void NotKept(int pid, string reason) => Later(log => LogNotKept(log, pid, reason));

    /// <summary>A fresh helper has not confirmed what one found that had found faults before.</summary>
    public void Disagreement(string disagreement, long unconfirmed) => Later(log => LogDisagreement(log, disagreement, unconfirmed));

    private void Later(Action<ILogger> write) => BackgroundLog.Write(logger, write);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Helper {Pid} is not ready after {Seconds} s; it is given up after {Limit} s")]
    private static partial void LogSlowStart(ILogger logger, int pid, double seconds, double limit);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A helper did not start: {Reason}")]
    private static partial void LogStartFailed(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A helper is confined less than those before it: {Level}")]
    private static partial void LogLooserSandbox(ILogger logger, SandboxLevel level);

    [LoggerMessage(Level = LogLevel.Error, Message = "Helper {Pid} was killed and does not end: it is stuck in the kernel")]
    private static partial void LogUnkillable(ILogger logger, int pid);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Helper {Pid} was killed while it waited for its clip's bytes, and the kernel does not let it go; {Stuck} of {Workers} wait so. Its "
            + "place stays taken until the storage answers")]
    private static partial void LogStorageStuck(ILogger logger, int pid, int stuck, int workers);

    [LoggerMessage(Level = LogLevel.Information, Message = "Helper {Pid} is not used again after a fault: asked for a known clip, it {Reason}")]
    private static partial void LogNotKept(ILogger logger, int pid, string reason);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "Helpers are not to be trusted after a fault, and from now on none is used again after one. {Disagreement} Findings of such helpers since "
            + "the last one that was confirmed: {Unconfirmed}")]
    private static partial void LogDisagreement(ILogger logger, string disagreement, long unconfirmed);
}
