using System.ComponentModel;

using ClipGuard.Media;
using ClipGuard.Supervision.Helpers;

namespace ClipGuard.Streams.Sessions;

/// <summary>
/// The guardians of one <see cref="StreamGuard"/>. One whose tool has ended, with all that descended from it, waits here for the next group:
/// so that runs in a row do not each pay for the start of a process.
/// </summary>
internal sealed class Guardians(StreamOptions options) : IDisposable
{
    // Guardians are not confined: the tools that they start are the user's own.
    private readonly HelperSpawner _spawner = HelperSpawner.For(SandboxLevel.Off);
    private readonly Lock _gate = new();
    private readonly Stack<GuardianProcess> _idle = new();
    private bool _disposed;

    /// <summary>A guardian that waits for a group; null where there is none.</summary>
    public GuardianProcess? TryTake()
    {
        while (Pop() is { } guardian)
        {
            if (IdleProcess.IsQuiet(guardian.Process))
            {
                return guardian;
            }

            guardian.End();
        }

        return null;
    }

    /// <summary>Starts a guardian and hands it over, or says why it could not be started. Called back on the thread that starts guardians.</summary>
    public void Start(Action<GuardianProcess?, string> started) => _spawner.Post(() =>
    {
        GuardianProcess? guardian = null;
        string failure = string.Empty;
        try
        {
            guardian = GuardianProcess.Start(options, _spawner.DevNull);
        }
        catch (Win32Exception error)
        {
            failure = error.Message;
        }

        started(guardian, failure);
    });

    /// <summary>Takes back a guardian that has nothing left to guard.</summary>
    public void Return(GuardianProcess guardian)
    {
        lock (_gate)
        {
            if (!_disposed)
            {
                _idle.Push(guardian);
                return;
            }
        }

        guardian.End();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
        }

        while (Pop() is { } guardian)
        {
            guardian.End();
        }
    }

    // Nobody waits under the lock for a process to end.
    private GuardianProcess? Pop()
    {
        lock (_gate)
        {
            return _idle.TryPop(out GuardianProcess? guardian) ? guardian : null;
        }
    }
}
