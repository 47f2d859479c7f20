namespace ClipGuard.Media.Native;

/// <summary>One datagram with open descriptors attached (SCM_RIGHTS, unix(7)).</summary>
internal static unsafe class DescriptorPassing
{
    // struct cmsghdr: a size_t and two ints, then the data.
    private const int HeaderBytes = 16;

    // Room for a header and for four descriptors, one more than any message has.
    private const int ControlBytes = HeaderBytes + 16;

    /// <summary>Sends a datagram.</summary>
    /// <returns>Bytes sent, or -1 with the error set.</returns>
    public static nint Send(int socket, ReadOnlySpan<byte> datagram, ReadOnlySpan<int> descriptors, int flags)
    {
        byte* control = stackalloc byte[ControlBytes];
        new Span<byte>(control, ControlBytes).Clear();
        int length = HeaderBytes + (descriptors.Length * sizeof(int));
        *(nuint*)control = (nuint)length;
        ((int*)control)[2] = Libc.SOL_SOCKET;
        ((int*)control)[3] = Libc.SCM_RIGHTS;
        descriptors.CopyTo(new Span<int>(control + HeaderBytes, (ControlBytes - HeaderBytes) / sizeof(int)));
        fixed (byte* start = datagram)
        {
            var block = new Libc.Block { Start = start, Length = (nuint)datagram.Length };
            var message = new Libc.MessageHeader { Blocks = &block, BlockCount = 1 };
            if (descriptors.Length > 0)
            {
                message.Control = control;
                message.ControlLength = (nuint)(length + 7) / 8 * 8;
            }

            return Libc.SendMessage(socket, &message, flags);
        }
    }

    /// <summary>Receives a datagram.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="buffer">Where it goes.</param>
    /// <param name="descriptors">The descriptors that came with it, in their order; the caller closes them.</param>
    /// <param name="flags">Flags of recvmsg; descriptors are never inherited.</param>
    /// <returns>Bytes received, 0 at the end, or -1 with the error set.</returns>
    public static nint Receive(int socket, Span<byte> buffer, out int[] descriptors, int flags)
    {
        byte* control = stackalloc byte[ControlBytes];
        fixed (byte* start = buffer)
        {
            var block = new Libc.Block { Start = start, Length = (nuint)buffer.Length };
            var message = new Libc.MessageHeader { Blocks = &block, BlockCount = 1, Control = control, ControlLength = ControlBytes };
            nint length = Libc.ReceiveMessage(socket, &message, flags | Libc.MSG_CMSG_CLOEXEC);
            descriptors = length >= 0 && message.ControlLength >= HeaderBytes && ((int*)control)[2] == Libc.SOL_SOCKET && ((int*)control)[3] == Libc.SCM_RIGHTS
                ? new ReadOnlySpan<int>(control + HeaderBytes, (int)(*(nuint*)control - HeaderBytes) / sizeof(int)).ToArray()
                : [];
            return length;
        }
    }
}
