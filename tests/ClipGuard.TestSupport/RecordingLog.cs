using Microsoft.Extensions.Logging;

namespace ClipGuard.TestSupport;

/// <summary>A log that keeps its lines.</summary>
internal sealed class RecordingLog : ILoggerFactory, ILogger
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private readonly List<Exception> _exceptions = [];

    /// <summary>What has been logged so far.</summary>
    public string[] Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>The exceptions that lines came with.</summary>
    public Exception[] Exceptions
    {
        get
        {
            lock (_gate)
            {
                return [.. _exceptions];
            }
        }
    }

    /// <summary>Called with each line after it was kept, on the thread that logs it. What it throws, the logger throws.</summary>
    public Action<string>? OnLine { get; set; }

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        string line = formatter(state, exception);
        lock (_gate)
        {
            _lines.Add(line);
            _exceptions.AddRange(exception is null ? [] : [exception]);
        }

        OnLine?.Invoke(line);
    }

    public void Dispose()
    {
    }
}
