namespace ClipGuard.ProcessTests.Support;

/// <summary>A thread pool whose every thread is blocked until this is disposed.</summary>
internal sealed class StarvedThreadPool : IDisposable
{
    private const int Blockers = 64;

    private readonly ManualResetEventSlim _release = new();
    private readonly (int Workers, int Io) _maximum;
    private bool _disposed;

    public StarvedThreadPool()
    {
        ThreadPool.GetMaxThreads(out int workers, out int io);
        _maximum = (workers, io);
        ThreadPool.SetMaxThreads(Environment.ProcessorCount, io);

        // Whatever is queued after these has no thread to run on.
        for (int i = 0; i < Blockers; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ => _release.Wait(), null);
        }
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            ThreadPool.SetMaxThreads(_maximum.Workers, _maximum.Io);
            _release.Set();
        }
    }
}
