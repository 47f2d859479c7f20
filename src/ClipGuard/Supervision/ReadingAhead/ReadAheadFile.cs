using System.Buffers;
using System.Runtime.InteropServices;

using ClipGuard.Media;
using ClipGuard.Media.Native;

namespace ClipGuard.Supervision.ReadingAhead;

/// <summary>
/// One file, or a range of one, on its way into memory. It is opened under the same rules as in a helper: a path is looked at first, and nothing but a regular
/// file is ever opened. Whatever is not as it should be ends the reading without a word: the helper then opens the path, and says what is the matter.
/// </summary>
internal sealed unsafe class ReadAheadFile : IDisposable
{
    // The kernel brings so much for one piece of advice, and no more (the window of its own reading ahead).
    private const int AdvisedBytes = 128 << 10;
    private const int ReadBytes = 1 << 20;

    private readonly int _descriptor;
    private readonly FileFacts _facts;
    private readonly long _offset;

    private ReadAheadFile(int descriptor, FileFacts facts, long offset, long length)
    {
        _descriptor = descriptor;
        _facts = facts;
        _offset = offset;
        Length = length;
    }

    /// <summary>Bytes of the clip.</summary>
    public long Length { get; }

    /// <summary>Whether bytes go from the file into memory without a buffer of this process. Turns false where the kernel refuses to.</summary>
    public bool CopiesInKernel { get; set; } = true;

    /// <summary>Opens a clip.</summary>
    /// <param name="source">The clip.</param>
    /// <param name="maxBytes">A longer one is not read.</param>
    /// <returns>Null for what is no regular file, cannot be opened, has no such range, is empty, or too long.</returns>
    public static ReadAheadFile? Open(FileSource source, long maxBytes)
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

        var reading = new ReadAheadFile(descriptor, facts, source.Offset, length);
        if (reading.IsUnchanged())
        {
            return reading;
        }

        reading.Dispose();
        return null;
    }

    /// <summary>Reads the clip.</summary>
    /// <param name="heard">Called after each read.</param>
    /// <returns>Its bytes, sealed; null where a read failed, or the file has changed meanwhile.</returns>
    /// <exception cref="System.ComponentModel.Win32Exception">There is no memory or no descriptor left.</exception>
    public SealedBytes? Read(Action heard)
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
                if (ReadOnto(bytes) <= 0)
                {
                    bytes.Dispose();
                    return null;
                }

                heard();
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

    // The next bytes, at most so many that the storage is heard of again soon; 0 or less where there are none.
    private long ReadOnto(SealedBytes bytes)
    {
        long position = _offset + bytes.Length;
        long count = Math.Min(ReadBytes, Length - bytes.Length);
        if (CopiesInKernel)
        {
            long copied = bytes.AppendFrom(_descriptor, position, count);
            if (copied >= 0)
            {
                return copied;
            }

            CopiesInKernel = false;
        }

        return ReadThroughBuffer(bytes, position, (int)count);
    }

    // For file systems whose files the kernel does not copy from by itself. A read that the storage refused is refused once more.
    private long ReadThroughBuffer(SealedBytes bytes, long position, int count)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(count);
        try
        {
            nint read;
            fixed (byte* start = buffer)
            {
                do
                {
                    read = Libc.Pread(_descriptor, start, (nuint)count, position);
                }
                while (read < 0 && Marshal.GetLastPInvokeError() == Libc.EINTR);
            }

            bytes.Append(buffer.AsSpan(0, (int)Math.Max(0, read)));
            return read;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // The path may lead elsewhere by now, and a file that is written to meanwhile would come in two halves that do not belong together.
    private bool IsUnchanged() => FileFacts.OfDescriptor(_descriptor, out FileFacts now) is null && now.WhyNotRegular is null
        && (now.Inode, now.Device, now.Length, now.ModifiedNanoseconds) == (_facts.Inode, _facts.Device, _facts.Length, _facts.ModifiedNanoseconds);
}
