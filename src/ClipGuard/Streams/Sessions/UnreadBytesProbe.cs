using ClipGuard.Media.Native;

namespace ClipGuard.Streams.Sessions;

/// <summary>
/// A second reading end of a FIFO, opened when its writer is done and before it closes: it keeps the pipe alive, so that after the tool
/// has ended it can still be told how much of it nobody read. Nothing is ever read through it.
/// </summary>
internal sealed unsafe class UnreadBytesProbe : IDisposable
{
    private readonly int _descriptor;

    private UnreadBytesProbe(int descriptor) => _descriptor = descriptor;

    /// <summary>Opens the FIFO without waiting; null where the path holds no such thing.</summary>
    public static UnreadBytesProbe? Open(string path)
    {
        // Neither follows a link nor waits for a writer. A file that is no pipe has no pipe size (F_GETPIPE_SZ fails) and is closed again.
        int descriptor = Libc.Open(path, Libc.O_NOFOLLOW | Libc.O_NONBLOCK | Libc.O_CLOEXEC, 0);
        if (descriptor < 0)
        {
            return null;
        }

        var probe = new UnreadBytesProbe(descriptor);
        if (Libc.Fcntl(descriptor, Libc.F_GETPIPE_SZ, 0) >= 0)
        {
            return probe;
        }

        probe.Dispose();
        return null;
    }

    /// <summary>Bytes in the pipe that nobody has read.</summary>
    public long UnreadBytes()
    {
        int count = 0;
        return Libc.Ioctl(_descriptor, Libc.FIONREAD, &count) == 0 ? count : 0;
    }

    /// <inheritdoc/>
    public void Dispose() => _ = Libc.Close(_descriptor);
}
