using System.Runtime.InteropServices;

namespace ClipGuard.Media.Libav.Streams;

/// <summary>The writing end of a stream. Moves the marks with every piece that the reader or the pipe has taken, and never further.</summary>
internal sealed unsafe partial class StreamSink : IDisposable
{
    // Small enough that the marks of a slow reader keep moving within one frame.
    private const int PieceBytes = 256 * 1024;
    private const int Interrupted = 4;
    private const int BrokenPipe = 32;
    private const int WriteOnly = 1;
    private const int CloseOnExec = 0x80000;
    private const int SetPipeSize = 1031;
    private const int PipeBytes = 1 << 20;

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
    public static string? MakeFifo(string path) => MkFifo(path, 0x180) == 0 ? null : $"{path}: {Marshal.GetLastPInvokeErrorMessage()}";

    /// <summary>Makes an empty file that only this user may open.</summary>
    /// <returns>Null, or why it could not be made.</returns>
    public static string? MakeFile(string path)
    {
        const int createNew = WriteOnly | CloseOnExec | 0x40 | 0x80;
        int descriptor = Open(path, createNew, 0x180);
        if (descriptor < 0)
        {
            return $"{path}: {Marshal.GetLastPInvokeErrorMessage()}";
        }

        _ = Close(descriptor);
        return null;
    }

    /// <summary>Opens the writing end. Of a FIFO this waits in the kernel until a reader opens the other end; whoever guards this process ends that wait.</summary>
    /// <param name="path">The FIFO or file.</param>
    /// <param name="marks">Marks that are moved.</param>
    /// <param name="error">Why it could not be opened, where null is returned.</param>
    public static StreamSink? OpenEnd(string path, ProgressMarks marks, out string error)
    {
        error = string.Empty;
        int descriptor;
        do
        {
            descriptor = Open(path, WriteOnly | CloseOnExec, 0);
        }
        while (descriptor < 0 && Marshal.GetLastPInvokeError() == Interrupted);

        if (descriptor < 0)
        {
            error = $"{path}: {Marshal.GetLastPInvokeErrorMessage()}";
            return null;
        }

        // Fewer turns between writer and reader; refused for a file and where the user's share of pipe memory is used up, and then it works all the same.
        _ = Fcntl(descriptor, SetPipeSize, PipeBytes);
        return new StreamSink(descriptor, marks);
    }

    /// <summary>Writes all of it.</summary>
    /// <returns>False where the reader has left or writing failed.</returns>
    public bool Write(byte* start, long length)
    {
        while (length > 0)
        {
            nint written = Write(_descriptor, start, (nuint)Math.Min(length, PieceBytes));
            if (written < 0)
            {
                int error = Marshal.GetLastPInvokeError();
                if (error == Interrupted)
                {
                    continue;
                }

                ReaderLeft = error == BrokenPipe;
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
    public void Dispose() => _ = Close(_descriptor);

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MkFifo(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Fcntl(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
