using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ClipGuard.TestSupport;

/// <summary>
/// A server on the loopback interface that answers each connection with the next of its answers, byte for byte, and hangs up; the last one for ever.
/// </summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    /// <summary>Says nothing and keeps the connection.</summary>
    public static readonly byte[] Silence = [0];

    /// <summary>Says nothing and closes the connection.</summary>
    public static readonly byte[] HangUp = [];

    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<byte[]> _answers;
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly Task _serving;
    private int _asked;

    public LoopbackServer(params byte[][] answers)
        : this(IPAddress.Loopback, answers)
    {
    }

    public LoopbackServer(IPAddress address, params byte[][] answers)
    {
        _listener = new TcpListener(address, 0);
        _answers = new ConcurrentQueue<byte[]>(answers);
        _listener.Start();
        Address = new Uri($"http://{_listener.LocalEndpoint}/clip.wav");
        _serving = ServeAsync();
    }

    public Uri Address { get; }

    /// <summary>What was asked, the beginning of each request.</summary>
    public string[] Requests => [.. _requests];

    /// <summary>Connections that were made.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>An answer with a status line and a body, whose length may be promised wrongly.</summary>
    public static byte[] Answer(string status, byte[] body, long? promised = null, string headers = "") =>
        [.. Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: {promised ?? body.Length}\r\nConnection: close\r\n{headers}\r\n"), .. body];

    /// <summary>An answer that does not say how long it is.</summary>
    public static byte[] Unsized(byte[] body) => [.. "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"u8, .. body];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            using Socket connection = await _listener.AcceptSocketAsync(_stop.Token);
            Interlocked.Increment(ref _asked);
            byte[] request = new byte[4096];
            _requests.Enqueue(Encoding.ASCII.GetString(request, 0, await connection.ReceiveAsync(request, _stop.Token)));
            if (!(_answers.Count > 1 ? _answers.TryDequeue(out byte[]? answer) : _answers.TryPeek(out answer)))
            {
                continue;
            }

            if (answer == Silence)
            {
                // Ends when the other side has lost patience.
                _ = await connection.ReceiveAsync(new byte[1], _stop.Token);
                continue;
            }

            await connection.SendAsync(answer, _stop.Token);
            connection.Shutdown(SocketShutdown.Send);
        }
    }
}
