using System.Runtime.InteropServices;
using System.Text.Json;

using ClipGuard.Media.Native;
using ClipGuard.Media.Wire;

namespace ClipGuard.Supervision.Processes;

/// <summary>The supervisor's end of the socket to a helper or guardian: one datagram is one message. Neither direction ever waits.</summary>
internal static unsafe class MessageSocket
{
    /// <summary>Takes one message.</summary>
    /// <param name="socket">Our end.</param>
    /// <param name="buffer">Where it is received; a longer message is not read.</param>
    public static Received Receive(int socket, Span<byte> buffer)
    {
        nint length;
        fixed (byte* start = buffer)
        {
            length = Libc.Recv(socket, start, (nuint)buffer.Length, Libc.MSG_DONTWAIT | Libc.MSG_TRUNC);
        }

        return length < 0 && Marshal.GetLastPInvokeError() is Libc.EAGAIN or Libc.EINTR ? default
            : length <= 0 ? new Received(ReceivedKind.HungUp)
            : length > buffer.Length ? Unreadable($"sent a message of {length} bytes where {buffer.Length} are allowed")
            : Parse(buffer[..(int)length]);
    }

    /// <summary>Sends one message. Sockets are empty whenever something is to be said, so that there is room.</summary>
    /// <returns>Null, or why it could not be sent.</returns>
    public static string? Send(int socket, byte[] message) => Send(socket, message, []);

    /// <summary>Sends one message with descriptors, which stay the caller's.</summary>
    /// <returns>Null, or why it could not be sent.</returns>
    public static string? Send(int socket, byte[] message, params ReadOnlySpan<int> descriptors)
    {
        if (message.Length > WireProtocol.MaxMessageBytes)
        {
            return $"the message takes {message.Length} bytes where {WireProtocol.MaxMessageBytes} are allowed";
        }

        return DescriptorPassing.Send(socket, message, descriptors, Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL) == message.Length ? null : Libc.LastError();
    }

    /// <summary>Sends an order to a stream's helper.</summary>
    /// <returns>Null, or why it could not be sent.</returns>
    public static string? Send(int socket, StreamCommand order) => Send(socket, JsonSerializer.SerializeToUtf8Bytes(order, WireJson.Default.StreamCommand));

    /// <summary>Sends an order to a guardian.</summary>
    /// <returns>Null, or why it could not be sent.</returns>
    public static string? Send(int socket, GuardianCommand order) => Send(socket, JsonSerializer.SerializeToUtf8Bytes(order, WireJson.Default.GuardianCommand));

    /// <summary>True while the other end is open and has nothing to say, as it should without work.</summary>
    public static bool IsQuiet(int socket)
    {
        byte any;
        return Libc.Recv(socket, &any, 1, Libc.MSG_PEEK | Libc.MSG_DONTWAIT) < 0 && Marshal.GetLastPInvokeError() == Libc.EAGAIN;
    }

    private static Received Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return HelperMessageReader.Read(json) is { } message
                ? new Received(ReceivedKind.Message) { Message = message }
                : Unreadable("sent an empty message");
        }
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
            return Unreadable($"sent {json.Length} bytes that are no message: {error.Message}");
        }
    }

    private static Received Unreadable(string complaint) => new(ReceivedKind.Unreadable) { Complaint = complaint };
}

/// <summary>What came of one look at a socket.</summary>
/// <param name="Kind">Which of its members count.</param>
internal readonly record struct Received(ReceivedKind Kind)
{
    /// <summary>The message, of <see cref="ReceivedKind.Message"/>.</summary>
    public HelperMessage? Message { get; init; }

    /// <summary>What is wrong, of <see cref="ReceivedKind.Unreadable"/>: the end of a sentence that begins with the helper.</summary>
    public string? Complaint { get; init; }
}

/// <summary>What can come of one look at a socket.</summary>
internal enum ReceivedKind
{
    /// <summary>Nothing is there now.</summary>
    Nothing,

    /// <summary>The other end is closed.</summary>
    HungUp,

    /// <summary>A message.</summary>
    Message,

    /// <summary>Something that is no message.</summary>
    Unreadable,
}
