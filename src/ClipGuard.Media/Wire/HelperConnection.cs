using System.Buffers;
using System.Runtime.InteropServices;

using ClipGuard.Media.Native;

namespace ClipGuard.Media.Wire;

/// <summary>
/// A helper's side of the protocol: the socket and the memory that it was born with. Plain system calls, nothing that needs a thread.
/// </summary>
internal sealed unsafe class HelperConnection : IDisposable
{
    private readonly byte[] _buffer = new byte[WireProtocol.MaxMessageBytes];
    private readonly ArrayBufferWriter<byte> _said = new(1024);
    private readonly byte* _memory;
    private readonly long _length;

    /// <summary>Maps the shared memory.</summary>
    /// <exception cref="InvalidOperationException">The descriptors are not there: this was not started by a supervisor.</exception>
    public HelperConnection()
    {
        _length = Libc.Lseek(WireProtocol.MemoryDescriptor, 0, Libc.SEEK_END);
        if (_length < MarksPage.Size)
        {
            throw new InvalidOperationException(
                $"Descriptor {WireProtocol.MemoryDescriptor} is not the shared memory of a supervisor. A helper is started by ClipGuard, never by hand.");
        }

        void* map = Libc.Mmap(null, (nuint)_length, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_SHARED, WireProtocol.MemoryDescriptor, 0);
        if (map == Libc.MAP_FAILED)
        {
            throw new InvalidOperationException($"The shared memory cannot be mapped: {Marshal.GetLastPInvokeErrorMessage()}.");
        }

        _memory = (byte*)map;
        Marks = new ProgressMarks(_memory);
    }

    /// <summary>The marks that the supervisor reads.</summary>
    public ProgressMarks Marks { get; }

    /// <summary>First byte of the payload.</summary>
    public byte* Payload => _memory + MarksPage.Size;

    /// <summary>Bytes of payload.</summary>
    public long PayloadCapacity => _length - MarksPage.Size;

    /// <summary>Waits for a request. Where its clip comes by descriptor, the caller closes that before it answers.</summary>
    /// <returns>Null once the supervisor has closed its end.</returns>
    /// <exception cref="System.Text.Json.JsonException">It is no request, or its descriptor did not come.</exception>
    public DecodeMessage? Receive()
    {
        nint length = ReceiveBytes(out int[] descriptors);
        if (length <= 0)
        {
            return null;
        }

        DecodeMessage message = SupervisorMessageReader.Decode(_buffer.AsMemory(0, (int)length));
        if (message.Request.Source is not DescriptorSource source)
        {
            Descriptors.CloseAll(descriptors);
            return message;
        }

        Descriptors.CloseAll(descriptors.AsSpan(Math.Min(1, descriptors.Length)));
        return descriptors.Length > 0
            ? message with { Request = message.Request with { Source = source with { Descriptor = descriptors[0] } } }
            : throw new System.Text.Json.JsonException("The clip was to come by a descriptor, and none came.");
    }

    /// <summary>Waits for a message of a kind: <see cref="SupervisorMessageReader"/> has them.</summary>
    /// <returns>Null once the supervisor has closed its end.</returns>
    public T? Receive<T>(Func<ReadOnlyMemory<byte>, T> read)
        where T : class
    {
        nint length = ReceiveBytes(out int[] descriptors);
        Descriptors.CloseAll(descriptors);
        return length <= 0 ? null : read(_buffer.AsMemory(0, (int)length));
    }

    /// <summary>Says something.</summary>
    public void Send(HelperMessage message)
    {
        _said.ResetWrittenCount();
        HelperMessageWriter.Write(_said, message);
        SendBytes(_said.WrittenSpan);
    }

    /// <summary>Sends one datagram as it stands; to a supervisor that is gone, none.</summary>
    public void SendBytes(ReadOnlySpan<byte> datagram)
    {
        fixed (byte* start = datagram)
        {
            // Where the supervisor closes its end with a message unread, the next call here fails once with ECONNRESET, whichever it is (unix(7)).
            while (Libc.Send(WireProtocol.SocketDescriptor, start, (nuint)datagram.Length, Libc.MSG_NOSIGNAL) < 0
                && Marshal.GetLastPInvokeError() is var error and not (Libc.EPIPE or Libc.ECONNRESET))
            {
                // A message that is lost in silence would leave the supervisor waiting until the stall limit.
                if (error is not Libc.EINTR)
                {
                    throw new InvalidOperationException($"A message of {datagram.Length} bytes could not be sent: {Marshal.GetPInvokeErrorMessage(error)}.");
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _ = Libc.Munmap(_memory, (nuint)_length);

    private nint ReceiveBytes(out int[] descriptors)
    {
        while (true)
        {
            nint length = DescriptorPassing.Receive(WireProtocol.SocketDescriptor, _buffer, out descriptors, 0);
            if (length >= 0 || Marshal.GetLastPInvokeError() != Libc.EINTR)
            {
                return length;
            }
        }
    }
}
