using System.Runtime.InteropServices;
using System.Text.Json;

using ClipGuard.Media.Native;
using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Helpers;

namespace ClipGuard.Streams.Sessions;

/// <summary>What is said to helpers and guardians. Sending never waits: their sockets are empty whenever an order is due.</summary>
internal static unsafe class Orders
{
    /// <summary>Sends an order to a stream's helper.</summary>
    /// <returns>Null, or why it could not be sent.</returns>
    public static string? Send(HelperProcess process, StreamOrder order) =>
        Send(process, JsonSerializer.SerializeToUtf8Bytes(order, WireJson.Default.StreamOrder));

    /// <summary>Sends one datagram.</summary>
    /// <returns>Null, or why it could not be sent.</returns>
    public static string? Send(HelperProcess process, byte[] message)
    {
        if (message.Length > WireProtocol.MaxMessageBytes)
        {
            return $"the order takes {message.Length} bytes where {WireProtocol.MaxMessageBytes} are allowed";
        }

        fixed (byte* start = message)
        {
            return Libc.Send(process.Socket, start, (nuint)message.Length, Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL) == message.Length
                ? null
                : Libc.ErrorText(Marshal.GetLastPInvokeError());
        }
    }
}
