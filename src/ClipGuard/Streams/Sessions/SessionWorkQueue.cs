using System.Collections.Concurrent;

namespace ClipGuard.Streams.Sessions;

/// <summary>Work that other threads have for a session's own.</summary>
/// <param name="descriptors">What the session's thread waits on.</param>
internal sealed class SessionWorkQueue(SessionEpoll descriptors)
{
    private readonly Lock _gate = new();
    private readonly ConcurrentQueue<(Action Run, Action? GiveUp)> _messages = new();
    private bool _closed;

    /// <summary>Has something done by the session's thread. From any thread.</summary>
    /// <param name="run">What.</param>
    /// <param name="giveUp">Done at once instead, here, where the session has ended; null for nothing.</param>
    public void Post(Action run, Action? giveUp = null)
    {
        lock (_gate)
        {
            // The wake-up descriptor of a session that has ended is closed, and its number may belong to another file by now.
            if (!_closed)
            {
                _messages.Enqueue((run, giveUp));
                descriptors.Wake();
                return;
            }
        }

        giveUp?.Invoke();
    }

    /// <summary>Does all that waits, on the session's thread.</summary>
    public void RunAll()
    {
        while (_messages.TryDequeue(out (Action Run, Action? GiveUp) message))
        {
            message.Run();
        }
    }

    /// <summary>Closes what the session's thread waits on: from now on everything that is posted is given up.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            descriptors.Dispose();
        }
    }

    /// <summary>Of a closed queue: how what nobody has done is given up.</summary>
    public IEnumerable<Action> Unheard => _messages.Select(static message => message.GiveUp).OfType<Action>();
}
