using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Processes;

namespace ClipGuard.Streams.Sessions;

/// <summary>A process that writes streams, one after the other, each for another session.</summary>
internal sealed class StreamHelper : IIdleProcess
{
    private const int KeptErrorBytes = 4096;

    private ProcessUsage? _use;

    /// <summary>A helper whose process has just been started.</summary>
    public StreamHelper(HelperProcess process)
    {
        Process = process;
        Errors = new PipeTail(process.Errors, KeptErrorBytes);
    }

    /// <inheritdoc/>
    public HelperProcess Process { get; }

    /// <summary>The end of what it wrote to its standard error.</summary>
    public PipeTail Errors { get; }

    /// <summary>What it said when it was ready; null before.</summary>
    public ReadyMessage? Greeting { get; set; }

    /// <summary>Streams that were given to it.</summary>
    public int Streams { get; private set; }

    /// <summary>A stream is given to it: measures what it uses for that from now on.</summary>
    /// <param name="now">The moment.</param>
    public DecodeMeter BeginStream(long now)
    {
        // Not at the start: that is the spawner's thread, which may open nothing for writing.
        _use ??= ProcessUsage.OfHelper(Process.Pid);
        if (Streams++ > 0)
        {
            _use.ForgetPeak();
        }

        var measurement = new DecodeMeter(Process, _use, Errors);
        measurement.Begin(now);
        return measurement;
    }

    /// <summary>CPU time that its process has used so far; zero before its first stream.</summary>
    public TimeSpan CpuTime() => _use?.CpuTime() ?? TimeSpan.Zero;

    /// <inheritdoc/>
    public void End()
    {
        _ = Process.EndAndReap();
        Release();
    }

    /// <summary>Releases what is open for it, once its process has ended or is left to the kernel.</summary>
    public void Release()
    {
        Process.Release();
        _use?.Dispose();
    }
}
