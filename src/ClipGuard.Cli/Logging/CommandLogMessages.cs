using Microsoft.Extensions.Logging;

namespace ClipGuard.Cli.Logging;

/// <summary>What the command itself says to the log.</summary>
internal static partial class CommandLogMessages
{
    // Below the screen's level: the screen gets its one line from elsewhere.
    [LoggerMessage(EventId = 9001, Level = LogLevel.Information, Message = "The command ends with an exception")]
    public static partial void RunFailed(this ILogger log, Exception error);

    [LoggerMessage(EventId = 9002, Level = LogLevel.Information, Message = "Shard {Shard} of the manifest, by {Source}")]
    public static partial void ShardChosen(this ILogger log, string shard, string source);
}
