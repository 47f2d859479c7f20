namespace ClipGuard.Tests.Supervision;

/// <summary>Threads that use every core until they are disposed.</summary>
internal sealed class BusyCores : IDisposable
{
    private readonly Thread[] _threads;
    private volatile bool _stop;

    public BusyCores(int cores)
    {
        _threads = [.. Enumerable.Range(0, cores).Select(_ => new Thread(Spin) { IsBackground = true })];
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

    private void Spin()
    {
        while (!_stop)
        {
            Thread.SpinWait(1000);
        }
    }
}
