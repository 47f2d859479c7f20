using System.Runtime.InteropServices;

using ClipGuard.Media.Native;

namespace ClipGuard.Media.Libav.Streams;

/// <summary>The writing end of a stream. Moves the marks by the bytes that the reader or the pipe has taken, and by no more.</summary>
internal sealed unsafe class StreamSink : IDisposable
{
    // Small, so that with a slow reader the marks move within one frame too.
    private const int PieceBytes = 256 * 1024;
    private const int PipeBytes = 1 << 20;

    // Read and write for the owner, 0600.
    private const uint OnlyOwner = 0x180;

    private readonly ProgressMarks _marks;
    private readonly int _descriptor;

    private StreamSink(int descriptor, ProgressMarks marks)
    {
        _descriptor = descriptor;
        _marks = marks;
    }

    /// <summary>Bytes that were written.</summary>
    public long Bytes { get; private set; }

    /// <summary>True once the reader has closed its end while there was more to write.</summary>
    public bool ReaderLeft { get; private set; }

    /// <summary>Why writing failed for another reason, in words; null where it did not.</summary>
    public string? Error { get; private set; }

    /// <summary>Makes a FIFO that only this user may open.</summary>
    /// <returns>Null, or why it could not be made.</returns>
    public static string? MakeFifo(string path) => Libc.Mkfifo(path, OnlyOwner) == 0 ? null : $"{path}: {Marshal.GetLastPInvokeErrorMessage()}";

    /// <summary>Makes an empty file that only this user may open.</summary>
    /// <returns>Null, or why it could not be made.</returns>
    public static string? MakeFile(string path)
    {
        const int createNew = Libc.O_WRONLY | Libc.O_CLOEXEC | Libc.O_CREAT | Libc.O_EXCL;
        int descriptor = Libc.Open(path, createNew, OnlyOwner);
        if (descriptor < 0)
        {
            return $"{path}: {Marshal.GetLastPInvokeErrorMessage()}";
        }

        _ = Libc.Close(descriptor);
        return null;
    }

    /// <summary>
    /// Opens the writing end. For a FIFO this waits in the kernel until a reader opens the other end; where none does, the supervisor kills this process.
    /// </summary>
    /// <param name="path">The FIFO or file.</param>
    /// <param name="marks">Marks that are moved.</param>
    /// <param name="error">Why it could not be opened, where null is returned.</param>
    public static StreamSink? OpenEnd(string path, ProgressMarks marks, out string error)
    {
        error = string.Empty;
        int descriptor;
        do
        {
            descriptor = Libc.Open(path, Libc.O_WRONLY | Libc.O_CLOEXEC, 0);
        }
        while (descriptor < 0 && Marshal.GetLastPInvokeError() == Libc.EINTR);

        if (descriptor < 0)
        {
            error = $"{path}: {Marshal.GetLastPInvokeErrorMessage()}";
            return null;
        }

        // A larger pipe means fewer switches between writer and reader. It is refused for a file, and where the user's pipe memory (pipe-user-pages-soft) is
        // used up; the stream works without it.
        _ = Libc.Fcntl(descriptor, Libc.F_SETPIPE_SZ, PipeBytes);
        return new StreamSink(descriptor, marks);
    }

    /// <summary>Writes all of it.</summary>
    /// <returns>False where the reader has left or writing failed.</returns>
    public bool Write(byte* start, long length)
    {
        while (length > 0)
        {
            nint written = Libc.Write(_descriptor, start, (nuint)Math.Min(length, PieceBytes));
            if (written < 0)
            {
                int error = Marshal.GetLastPInvokeError();
                if (error == Libc.EINTR)
                {
                    continue;
                }

                ReaderLeft = error == Libc.EPIPE;
                Error = ReaderLeft ? null : Marshal.GetLastPInvokeErrorMessage();
                return false;
            }

            start += written;
            length -= written;
            Bytes += written;
            _marks.AddWritten(written);
        }

        return true;
    }

    /// <summary>Closes the end: the reader sees the stream's end.</summary>
    public void Dispose() => _ = Libc.Close(_descriptor);
}
