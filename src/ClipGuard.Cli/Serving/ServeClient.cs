using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Threading.Channels;

using ClipGuard.Cli.Running;
using ClipGuard.Media.Native;

namespace ClipGuard.Cli.Serving;

/// <summary>
/// The program that decodes are served to: its requests, the way to answer it, and its end. It has ended where its process has, and where it has shut the
/// socket down; that the socket is closed somewhere says nothing, because a child that the program forked keeps it open.
/// </summary>
/// <remarks>
/// Signals that are sent to every process of a job or a terminal are passed over while the program lives: it may want to finish what it is doing.
/// </remarks>
internal sealed class ServeClient : IDisposable
{
    /// <summary>Longest request, in bytes.</summary>
    public const int MaxRequestBytes = 128 * 1024;

    // .NET has no names for these two and takes the numbers.
    private static readonly PosixSignal[] Signals =
        [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, (PosixSignal)10, (PosixSignal)12];

    private readonly int _socket;
    private readonly int _process;
    private readonly CancellationTokenSource _ended = new();
    private readonly Channel<ClientMessage> _received = Channel.CreateUnbounded<ClientMessage>(new UnboundedChannelOptions { SingleReader = true });
    private readonly BlockingCollection<Outgoing> _toSend = [];
    private readonly PosixSignalRegistration[] _registrations;
    private readonly Thread _sender;

    private ServeClient(int socket, int process)
    {
        _socket = socket;
        _process = process;
        _registrations = [.. Signals.Select(signal => PosixSignalRegistration.Create(signal, PassOver))];

        // The kernel sends it also when the thread ends that started this process, and the program may live on then. So it is one of those that are passed
        // over, and the program's descriptor is asked.
        _ = Libc.Prctl(Libc.PR_SET_PDEATHSIG, Libc.SIGTERM, 0, 0, 0);
        _sender = new Thread(SendAll) { IsBackground = true, Name = "to the client" };
        _sender.Start();
        new Thread(ReceiveAll) { IsBackground = true, Name = "from the client" }.Start();
    }

    /// <summary>Cancelled when the program has ended or wants no more.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>What it says, until its end.</summary>
    public IAsyncEnumerable<ClientMessage> Messages => _received.Reader.ReadAllAsync(CancellationToken.None);

    /// <summary>Takes over the socket that this process was started with.</summary>
    /// <param name="socket">Its descriptor.</param>
    /// <exception cref="UsageException">It is no such socket, or the program at its other end cannot be watched.</exception>
    public static unsafe ServeClient Take(int socket)
    {
        int type;
        uint length = sizeof(int);
        if (Libc.GetSocketOption(socket, Libc.SOL_SOCKET, Libc.SO_TYPE, &type, &length) != 0 || type != Libc.SOCK_SEQPACKET)
        {
            throw new UsageException(
                $"{ServeSettings.Socket.OptionName} {socket} is no socket of the type SOCK_SEQPACKET; programs start serve, as Python's clipguard does");
        }

        Libc.PeerCredentials peer;
        length = (uint)sizeof(Libc.PeerCredentials);
        int process = Libc.GetSocketOption(socket, Libc.SOL_SOCKET, Libc.SO_PEERCRED, &peer, &length) == 0 && peer.Process > 0
            ? Libc.PidfdOpen(peer.Process)
            : -1;
        if (process < 0)
        {
            throw new UsageException($"the program that made the socket cannot be watched: {Libc.LastError()}");
        }

        _ = Libc.Fcntl(socket, Libc.F_SETFD, Libc.FD_CLOEXEC);
        return new ServeClient(socket, process);
    }

    /// <summary>Sends an answer, in its turn.</summary>
    /// <param name="message">JSON.</param>
    /// <param name="payload">Its payload; null for none.</param>
    public void Send(byte[] message, Payload? payload = null)
    {
        try
        {
            _toSend.Add(new Outgoing(message, payload));
        }
        catch (InvalidOperationException)
        {
            // The end came meanwhile.
            payload?.Dispose();
        }
    }

    /// <summary>Sends what is still to be sent, where the program takes it, and closes the socket.</summary>
    public void Dispose()
    {
        _toSend.CompleteAdding();
        if (!_ended.IsCancellationRequested)
        {
            _sender.Join();
        }

        End();
        _sender.Join();
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private unsafe void PassOver(PosixSignalContext context)
    {
        context.Cancel = true;
        var program = new Libc.PollEntry { Descriptor = _process, Events = Libc.PollEntry.Readable };
        if (Libc.Poll(&program, 1, 0) == 1)
        {
            End();
        }
    }

    // A sender that waits for room in the socket is woken by this too.
    private void End()
    {
        _ = Libc.Shutdown(_socket, Libc.SHUT_RDWR);
        _ended.Cancel();
        _received.Writer.TryComplete();
    }

    private void ReceiveAll()
    {
        try
        {
            byte[] buffer = new byte[MaxRequestBytes];
            while (Receive(buffer) is { } message)
            {
                _received.Writer.TryWrite(message);
            }
        }
        finally
        {
            End();
        }
    }

    // Null at the end.
    private unsafe ClientMessage? Receive(byte[] buffer)
    {
        Libc.PollEntry* entries = stackalloc Libc.PollEntry[2];
        while (true)
        {
            entries[0] = new Libc.PollEntry { Descriptor = _socket, Events = Libc.PollEntry.Readable };
            entries[1] = new Libc.PollEntry { Descriptor = _process, Events = Libc.PollEntry.Readable };
            _ = Libc.Poll(entries, 2, -1);
            if (entries[1].Happened != 0)
            {
                return null;
            }

            nint length = DescriptorPassing.Receive(_socket, buffer, out int[] descriptors, Libc.MSG_DONTWAIT | Libc.MSG_TRUNC);
            if (length > 0)
            {
                return new ClientMessage(buffer[..(int)Math.Min(length, buffer.Length)], (long)length, descriptors);
            }

            if (length == 0 || Marshal.GetLastPInvokeError() is not (Libc.EAGAIN or Libc.EINTR))
            {
                return null;
            }
        }
    }

    private void SendAll()
    {
        foreach ((byte[] message, Payload? payload) in _toSend.GetConsumingEnumerable())
        {
            using (payload)
            {
                byte[] datagram = payload is null ? message : [.. message, .. payload.Inline];
                nint sent;
                do
                {
                    sent = DescriptorPassing.Send(_socket, datagram, payload is { Descriptor: >= 0 } ? [payload.Descriptor] : [], Libc.MSG_NOSIGNAL);
                }
                while (sent < 0 && Marshal.GetLastPInvokeError() == Libc.EINTR);
                if (sent < 0)
                {
                    End();
                }
            }
        }
    }

    private readonly record struct Outgoing(byte[] Message, Payload? Payload);
}

/// <summary>One message of the client.</summary>
/// <param name="Json">Its bytes; what is beyond <see cref="ServeClient.MaxRequestBytes"/> is cut off.</param>
/// <param name="Length">How long it was.</param>
/// <param name="Descriptors">The descriptors that came with it. Whoever takes the message closes them.</param>
internal sealed record ClientMessage(byte[] Json, long Length, int[] Descriptors);
