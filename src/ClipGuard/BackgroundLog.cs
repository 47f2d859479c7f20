using Microsoft.Extensions.Logging;

namespace ClipGuard;

/// <summary>Log lines of threads that must not wait: sinks can block, so the thread pool writes them.</summary>
internal static class BackgroundLog
{
    /// <summary>Has a line written soon. One that the logger cannot take is lost: nobody is left to be told, and no log is worth the process.</summary>
    /// <param name="logger">The log.</param>
    /// <param name="line">Writes the line.</param>
    public static void Write(ILogger logger, Action<ILogger> line) =>
        ThreadPool.UnsafeQueueUserWorkItem(
            static state =>
            {
                try
                {
                    state.line(state.logger);
                }
#pragma warning disable CA1031 // Loggers throw what their sinks throw, and on a thread of the pool that would end the process.
                catch (Exception)
#pragma warning restore CA1031
                {
                }
            },
            (logger, line),
            preferLocal: false);
}
