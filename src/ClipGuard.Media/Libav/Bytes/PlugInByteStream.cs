namespace ClipGuard.Media.Libav.Bytes;

/// <summary>
/// A clip's bytes as the stream that a decoder written for .NET reads. A read gives as many bytes as asked for, fewer only at the end.
/// Every read asks whether the time to give up has come, so that a decoder which loops over a damaged header is ended by its next read. Owns the bytes.
/// </summary>
internal sealed class PlugInByteStream(DecodeState session, ClipBytes bytes) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => bytes.Length;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    public override int Read(Span<byte> buffer)
    {
        if (session.ShouldStop())
        {
            throw new OperationCanceledException();
        }

        int all = 0;
        int read;
        while (all < buffer.Length && (read = bytes.ReadFor(session, _position, buffer[all..])) != 0)
        {
            if (read < 0)
            {
                throw new IOException(session.ReadError);
            }

            all += read;
            _position += read;
        }

        return all;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Current => _position + offset,
        SeekOrigin.End => Length + offset,
        _ => offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            bytes.Dispose();
        }

        base.Dispose(disposing);
    }
}
