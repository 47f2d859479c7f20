using Microsoft.Extensions.Logging;

namespace ClipGuard.Tests;

/// <summary>A log that counts its lines and can take none.</summary>
internal sealed class ThrowingLog : ILoggerFactory, ILogger
{
    private int _lines;

    /// <summary>How many lines it was given so far.</summary>
    public int Lines => Volatile.Read(ref _lines);

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        Interlocked.Increment(ref _lines);
        throw new IOException("no space is left for the log");
    }

    public void Dispose()
    {
    }
}
