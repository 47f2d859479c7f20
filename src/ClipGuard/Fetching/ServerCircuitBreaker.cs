using System.Collections.Concurrent;

namespace ClipGuard.Fetching;

/// <summary>
/// Knows which servers have stopped answering, so that each further clip of such a one costs no tries of its own: after several clips in a row that it did not
/// answer for, a server is left alone for a while, and then asked by one clip alone; the while doubles each time that it does not answer. Any number of
/// threads.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class ServerCircuitBreaker(TimeProvider time)
{
    private const int ClipsInARow = 3;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, Server> _servers = new(StringComparer.Ordinal);

    /// <summary>Whether a server may be asked now. Where it may after a pause, only the caller who hears so first may.</summary>
    /// <param name="address">Of a clip.</param>
    /// <param name="left">How long it is still left alone.</param>
    public bool MayAsk(Uri address, out TimeSpan left)
    {
        left = TimeSpan.Zero;
        if (!_servers.TryGetValue(address.Authority, out Server? server))
        {
            return true;
        }

        lock (server)
        {
            if (server.Failed < ClipsInARow)
            {
                return true;
            }

            left = server.Pause - time.GetElapsedTime(server.Since);
            if (left > TimeSpan.Zero)
            {
                return false;
            }

            server.Since = time.GetTimestamp();
            return true;
        }
    }

    /// <summary>A server answered, whatever it said.</summary>
    public void Answered(Uri address) => _servers.TryRemove(address.Authority, out _);

    /// <summary>A server did not answer for a clip, after all tries.</summary>
    public void Failed(Uri address)
    {
        Server server = _servers.GetOrAdd(address.Authority, static _ => new Server());
        lock (server)
        {
            server.Failed++;
            server.Pause = server.Failed <= ClipsInARow ? FirstPause : TimeSpan.FromTicks(Math.Min(2 * server.Pause.Ticks, LongestPause.Ticks));
            server.Since = time.GetTimestamp();
        }
    }

    private sealed class Server
    {
        public int Failed { get; set; }

        public long Since { get; set; }

        public TimeSpan Pause { get; set; }
    }
}
