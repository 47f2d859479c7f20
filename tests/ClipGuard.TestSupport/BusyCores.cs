namespace ClipGuard.TestSupport;

/// <summary>Threads that use every core until they are disposed.</summary>
internal sealed class BusyCores : IDisposable
{
    private readonly Thread[] _threads;
    private volatile bool _stop;

    /// <summary>Starts them.</summary>
    /// <param name="cores">How many.</param>
    /// <param name="begin">What each does first, as changing how it is scheduled.</param>
    public BusyCores(int cores, Action? begin = null)
    {
        _threads = [.. Enumerable.Range(0, cores).Select(_ => new Thread(() => Spin(begin)) { IsBackground = true })];
        foreach (Thread thread in _threads)
        {
            thread.Start();
        }
    }

    public void Dispose()
    {
        _stop = true;
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }
    }

    private void Spin(Action? begin)
    {
        begin?.Invoke();
        while (!_stop)
        {
            Thread.SpinWait(1000);
        }
    }
}
