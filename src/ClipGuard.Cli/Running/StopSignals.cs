using System.Runtime.InteropServices;

using ClipGuard.Media.Native;

namespace ClipGuard.Cli.Running;

/// <summary>
/// Ctrl-C, SIGTERM, SIGUSR1, which schedulers send some time before a job's limit, and SIGHUP for a terminal that has gone away. The first asks the run to
/// stop, so that what was found is written down. Ctrl-C after that ends the process at once, and its helpers with it; other signals may come several times
/// for one reason, as from a scheduler and from the script that passes them on, and do nothing more.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    // .NET has no name for it and takes the number, which is this one on x64 and arm64.
    private const PosixSignal UserSignal1 = (PosixSignal)10;

    private static readonly PosixSignal[] Signals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, UserSignal1, PosixSignal.SIGHUP];

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
            if (signal == PosixSignal.SIGINT)
            {
                EndNow(ExitCode.Cancelled);
            }

            return;
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
