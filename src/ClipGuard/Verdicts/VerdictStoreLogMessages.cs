using Microsoft.Extensions.Logging;

namespace ClipGuard.Verdicts;

/// <summary>What a store says of itself in the log.</summary>
internal static partial class VerdictStoreLogMessages
{
    [LoggerMessage(
        EventId = 2101,
        Level = LogLevel.Information,
        Message = "Verdict store {Folder}: {Good} clips that decoded and {Faults} faults under these settings")]
    public static partial void StoreRead(this ILogger log, string folder, long good, long faults);

    [LoggerMessage(EventId = 2102, Level = LogLevel.Warning, Message = "{File} of the verdict store is not used: {Reason}")]
    public static partial void StoreFilePassedOver(this ILogger log, string file, string reason);

    [LoggerMessage(EventId = 2103, Level = LogLevel.Warning, Message = "{Lines} lines of {File} of the verdict store are no verdicts and were passed over")]
    public static partial void StoreLinesPassedOver(this ILogger log, long lines, string file);

    [LoggerMessage(
        EventId = 2104,
        Level = LogLevel.Warning,
        Message = "Nothing is added to the verdict store {Folder}: {Reason}. What it has is used")]
    public static partial void StoreNotWritten(this ILogger log, string folder, string reason);
}
