namespace ClipGuard.Supervision.Processes;

/// <summary>
/// Processes that wait for their next piece of work, and the start of new ones. It bounds nothing and keeps no clock: whoever takes a process watches it.
/// Any number of threads.
/// </summary>
/// <typeparam name="T">The process, with what is kept of it.</typeparam>
/// <param name="spawner">Whose thread starts them.</param>
/// <param name="start">Starts one, on that thread.</param>
internal sealed class IdleProcessPool<T>(HelperSpawner spawner, Func<HelperSpawner, T> start) : IDisposable
    where T : class, IIdleProcess
{
    private readonly Lock _gate = new();
    private readonly Stack<T> _idle = new();
    private bool _disposed;

    /// <summary>A process that waits for work; null where there is none.</summary>
    public T? TryTake()
    {
        while (Pop() is { } process)
        {
            if (MessageSocket.IsQuiet(process.Process.Socket))
            {
                return process;
            }

            process.End();
        }

        return null;
    }

    /// <summary>Starts a process and hands it over, or says why it could not be started. Called back on the spawner's thread.</summary>
    public void Start(Action<T?, string> started) => spawner.Post(() =>
    {
        T? process = null;
        string failure = string.Empty;
        try
        {
            process = start(spawner);
        }
        catch (Exception error)
        {
            // Any exception, as where there is no memory for it: unhandled on this thread it would end the whole program.
            failure = error.Message;
        }

        started(process, failure);
    });

    /// <summary>Takes back a process that has no work left and may be used again; after the pool's end it is ended.</summary>
    public void Return(T process)
    {
        lock (_gate)
        {
            if (!_disposed)
            {
                _idle.Push(process);
                return;
            }
        }

        process.End();
    }

    /// <summary>Ends those that wait, and from now on those that are returned.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
        }

        while (Pop() is { } process)
        {
            process.End();
        }
    }

    // Nobody waits under the lock for a process to end.
    private T? Pop()
    {
        lock (_gate)
        {
            return _idle.TryPop(out T? process) ? process : null;
        }
    }
}

/// <summary>A process that can wait for work.</summary>
internal interface IIdleProcess
{
    /// <summary>The process.</summary>
    HelperProcess Process { get; }

    /// <summary>Ends it while it has no work, and releases what was open for it.</summary>
    void End();
}
