using System.Runtime.InteropServices;

namespace ClipGuard.Cli;

/// <summary>
/// Ctrl-C and SIGTERM. The first asks the run to stop, so that what was found is written down; the second ends the process at once, and its helpers with it.
/// </summary>
internal sealed partial class StopSignals : IDisposable
{
    private static readonly PosixSignal[] Signals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP];

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

        announce();
        _source.Cancel();
    }))];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Ends the process without running anything more: neither finalizers nor a stage that hangs can hold it up.</summary>
    public static void EndNow(int exitCode) => Exit(exitCode);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void Exit(int exitCode);
}
