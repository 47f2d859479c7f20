namespace ClipGuard.Columnar;

/// <summary>
/// A file that remembers why it could not be read or written: an exception of a stream comes out of the Parquet library as text of its own exception, and a
/// disk or a server that fails must not look like a broken file. The library may call from several threads.
/// </summary>
/// <param name="inner">The file.</param>
/// <param name="leaveOpen">Whether the file stays open when this is closed.</param>
internal sealed class FailureRecordingStream(Stream inner, bool leaveOpen = false) : Stream
{
    private readonly Lock _lock = new();

    /// <summary>Why a call failed last; null where none did.</summary>
    public Exception? Failure { get; private set; }

    public override bool CanRead => inner.CanRead;

    public override bool CanSeek => inner.CanSeek;

    public override bool CanWrite => inner.CanWrite;

    public override long Length => inner.Length;

    public override long Position
    {
        get => inner.Position;
        set => Seek(value, SeekOrigin.Begin);
    }

    public override int Read(Span<byte> buffer)
    {
        lock (_lock)
        {
            try
            {
                return inner.Read(buffer);
            }
            catch (Exception error) when (IsOfStorage(error))
            {
                Failure = error;
                throw;
            }
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        lock (_lock)
        {
            try
            {
                inner.Write(buffer);
            }
            catch (Exception error) when (IsOfStorage(error))
            {
                Failure = error;
                throw;
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin)
    {
        lock (_lock)
        {
            return inner.Seek(offset, origin);
        }
    }

    public override void Flush() => inner.Flush();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !leaveOpen)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private static bool IsOfStorage(Exception error) => error is IOException or UnauthorizedAccessException or OperationCanceledException;
}
