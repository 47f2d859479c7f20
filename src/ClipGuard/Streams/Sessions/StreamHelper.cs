using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Helpers;

namespace ClipGuard.Streams.Sessions;

/// <summary>A process that writes streams, one after the other, each for another group.</summary>
internal sealed class StreamHelper(HelperProcess process)
{
    /// <summary>The process.</summary>
    public HelperProcess Process { get; } = process;

    /// <summary>The end of what it wrote to its standard error.</summary>
    public StandardErrorTail Errors { get; } = new(process.Errors);

    /// <summary>What it said when it was ready; null before.</summary>
    public ReadyMessage? Greeting { get; set; }

    /// <summary>Streams that were given to it.</summary>
    public int Streams { get; set; }

    /// <summary>Ends it while it has no work.</summary>
    public void End()
    {
        _ = IdleProcess.End(Process);
        Process.Release();
    }
}
