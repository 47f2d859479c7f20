using System.Runtime.InteropServices;

using ClipGuard.Media.Native;

namespace ClipGuard.Media.Libav.Bytes;

/// <summary>
/// A regular file, or a range of one. A path is looked at before it is opened: opening a FIFO waits for a writer and opening
/// a device may do anything, so neither is ever opened.
/// </summary>
internal sealed unsafe class FileBytes : ClipBytes
{
    private readonly ProgressMarks _marks;
    private readonly int _descriptor;
    private readonly long _offset;

    // A clip may be opened more than once in one decode; whoever received the descriptor closes it.
    private bool _isBorrowed;

    private FileBytes(ProgressMarks marks, int descriptor, string path, long offset, long length)
    {
        _marks = marks;
        _descriptor = descriptor;
        _offset = offset;
        Name = Path.GetFileName(path);
        Length = length;
    }

    public override long Length { get; }

    public override string Name { get; }

    public static DecoderFault? Open(DecodeState session, FileSource source, out ClipBytes? bytes)
    {
        session.Marks.BeginBytesWait();
        DecoderFault? fault = OpenPath(session, source, out bytes);
        session.Marks.EndBytesWait();
        return fault;
    }

    /// <summary>Reads a descriptor that came with the request, and stays its receiver's.</summary>
    public static DecoderFault? Open(DecodeState session, DescriptorSource source, out ClipBytes? bytes)
    {
        bytes = new FileBytes(session.Marks, source.Descriptor, source.Name, source.Offset, source.Length) { _isBorrowed = true };
        return null;
    }

    public override int ReadAt(long position, Span<byte> buffer)
    {
        nuint count = (nuint)Math.Min(buffer.Length, Math.Max(0, Length - position));
        fixed (byte* start = buffer)
        {
            nint read;
            _marks.BeginBytesWait();
            do
            {
                read = Libc.Pread(_descriptor, start, count, _offset + position);
            }
            while (read < 0 && Marshal.GetLastPInvokeError() == Libc.EINTR);

            int error = read < 0 ? Marshal.GetLastPInvokeError() : 0;
            _marks.EndBytesWait();
            return read < 0 ? -error : (int)read;
        }
    }

    public override void Dispose()
    {
        if (!_isBorrowed)
        {
            _ = Libc.Close(_descriptor);
        }
    }

    private static DecoderFault? OpenPath(DecodeState session, FileSource source, out ClipBytes? bytes)
    {
        bytes = null;
        if (FileFacts.OfPath(source.Path, out FileFacts facts) is not null)
        {
            return StorageFault(session, source.Path, Marshal.GetLastPInvokeError());
        }

        if (facts.WhyNotRegular is { } kind)
        {
            return session.Fault(FaultKind.Missing, $"{source.Path}: {kind}.");
        }

        int descriptor = Libc.Open(source.Path, Libc.O_RDONLY | Libc.O_NONBLOCK | Libc.O_CLOEXEC | Libc.O_NOCTTY, 0);
        if (descriptor < 0)
        {
            return StorageFault(session, source.Path, Marshal.GetLastPInvokeError());
        }

        // Between the look and the opening the path may have been replaced, so what was opened is looked at again.
        DecoderFault? fault = FileFacts.OfDescriptor(descriptor, out facts) is not null ? StorageFault(session, source.Path, Marshal.GetLastPInvokeError())
            : facts.WhyNotRegular is { } other ? session.Fault(FaultKind.Missing, $"{source.Path}: {other}.")
            : CheckRange(session, source, facts.Length);
        if (fault is not null)
        {
            _ = Libc.Close(descriptor);
            return fault;
        }

        bytes = new FileBytes(session.Marks, descriptor, source.Path, source.Offset, source.Length ?? (facts.Length - source.Offset));
        return null;
    }

    private static DecoderFault? CheckRange(DecodeState session, FileSource source, long fileLength)
    {
        long length = source.Length ?? (fileLength - source.Offset);
        return source.Offset < 0 || length < 0 || source.Offset > fileLength - length
            ? session.Fault(FaultKind.Corrupt, $"{source.Path}: the clip is to be {length} bytes at {source.Offset}, and the file has {fileLength}.")
            : null;
    }
}
