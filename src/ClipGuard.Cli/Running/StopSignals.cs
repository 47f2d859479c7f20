using System.Runtime.InteropServices;

using ClipGuard.Media.Native;

namespace ClipGuard.Cli.Running;

/// <summary>
/// Ctrl-C, SIGTERM, and SIGHUP for a terminal that has gone away. The first asks the run to stop, so that what was found is written down; the second
/// ends the process at once, and its helpers with it.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private static readonly PosixSignal[] Signals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP];

    // Not disposed: the runtime handles a signal on a thread of its own, which Dispose does not wait for, so that a signal at the very end would meet a
    // disposed source. A source without a timer holds no handle.
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _received;

    /// <summary>Takes the signals over.</summary>
    /// <param name="announce">Tells the user that the run is stopping.</param>
    public StopSignals(Action announce) => _registrations = [.. Signals.Select(signal => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _received) > 1)
        {
            EndNow(ExitCode.Cancelled);
        }

        // A terminal that has gone away takes no announcement, and must not keep the run from stopping.
        _source.Cancel();
        try
        {
            announce();
        }
        catch (IOException)
        {
        }
    }))];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Ends the process without running anything more: neither finalizers nor a stage that hangs can hold it up.</summary>
    public static void EndNow(int exitCode) => Libc.ExitNow(exitCode);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
    }
}
