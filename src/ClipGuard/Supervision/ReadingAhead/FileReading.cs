using System.Runtime.InteropServices;

using ClipGuard.Media;
using ClipGuard.Media.Native;

namespace ClipGuard.Supervision.ReadingAhead;

/// <summary>
/// One file, or a range of one, on its way into memory. It is opened under the same rules as in a helper: a path is looked at first, and nothing but a regular
/// file is ever opened. Whatever is not as it should be ends the reading without a word: the helper then opens the path, and says what is the matter.
/// </summary>
internal sealed unsafe class FileReading : IDisposable
{
    // The kernel brings so much for one piece of advice, and no more (the window of its own reading ahead).
    private const int AdvisedBytes = 128 << 10;

    private readonly int _descriptor;
    private readonly FileFacts _facts;
    private readonly long _offset;

    private FileReading(int descriptor, FileFacts facts, long offset, long length)
    {
        _descriptor = descriptor;
        _facts = facts;
        _offset = offset;
        Length = length;
    }

    /// <summary>Bytes of the clip.</summary>
    public long Length { get; }

    /// <summary>Opens a clip.</summary>
    /// <param name="source">The clip.</param>
    /// <param name="maxBytes">A longer one is not read.</param>
    /// <returns>Null for what is no regular file, cannot be opened, has no such range, is empty, or too long.</returns>
    public static FileReading? Open(FileSource source, long maxBytes)
    {
        if (FileFacts.OfPath(source.Path, out FileFacts facts) is not null || facts.WhyNotRegular is not null)
        {
            return null;
        }

        long length = source.Length ?? (facts.Length - source.Offset);
        if (source.Offset < 0 || length < 1 || length > maxBytes || source.Offset > facts.Length - length)
        {
            return null;
        }

        int descriptor = Libc.Open(source.Path, Libc.O_RDONLY | Libc.O_NONBLOCK | Libc.O_CLOEXEC | Libc.O_NOCTTY, 0);
        if (descriptor < 0)
        {
            return null;
        }

        var reading = new FileReading(descriptor, facts, source.Offset, length);
        if (reading.IsUnchanged())
        {
            return reading;
        }

        reading.Dispose();
        return null;
    }

    /// <summary>Reads the clip.</summary>
    /// <param name="buffer">Where each read goes first.</param>
    /// <param name="heard">Called after each read.</param>
    /// <returns>Its bytes, sealed; null where a read failed, or the file has changed meanwhile.</returns>
    /// <exception cref="System.ComponentModel.Win32Exception">There is no memory or no descriptor left.</exception>
    public SealedBytes? Read(Span<byte> buffer, Action heard)
    {
        // All pieces are on their way before the first is waited for.
        for (long at = 0; at < Length; at += AdvisedBytes)
        {
            _ = Libc.FileAdvice(_descriptor, _offset + at, Math.Min(AdvisedBytes, Length - at), Libc.POSIX_FADV_WILLNEED);
        }

        var bytes = new SealedBytes();
        try
        {
            while (bytes.Length < Length)
            {
                int read = ReadAt(_offset + bytes.Length, buffer[..(int)Math.Min(buffer.Length, Length - bytes.Length)]);
                if (read <= 0)
                {
                    bytes.Dispose();
                    return null;
                }

                heard();
                bytes.Append(buffer[..read]);
            }

            if (IsUnchanged())
            {
                bytes.Seal();
                return bytes;
            }

            bytes.Dispose();
            return null;
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _ = Libc.Close(_descriptor);

    private int ReadAt(long position, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            nint read;
            do
            {
                read = Libc.Pread(_descriptor, start, (nuint)buffer.Length, position);
            }
            while (read < 0 && Marshal.GetLastPInvokeError() == Libc.EINTR);
            return (int)read;
        }
    }

    // The path may lead elsewhere by now, and a file that is written to meanwhile would come in two halves that do not belong together.
    private bool IsUnchanged() => FileFacts.OfDescriptor(_descriptor, out FileFacts now) is null && now.WhyNotRegular is null
        && (now.Inode, now.Device, now.Length, now.ModifiedNanoseconds) == (_facts.Inode, _facts.Device, _facts.Length, _facts.ModifiedNanoseconds);
}
