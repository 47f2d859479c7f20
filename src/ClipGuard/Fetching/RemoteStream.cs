namespace ClipGuard.Fetching;

/// <summary>
/// An object at an address as a stream that can be sought in. Whoever reads on and on has ever larger ranges asked for, up to some MiB; whoever jumps small
/// ones. One thread at a time.
/// </summary>
/// <param name="file">The object.</param>
/// <param name="stop">Ends reads that are given no token of their own.</param>
internal sealed class RemoteStream(RemoteFile file, CancellationToken stop) : Stream
{
    private const int MostBytes = 4 << 20;

    private RemoteBlock _block = new(0, default);
    private int _wanted = RemoteFile.LeastBytes;
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => file.Length;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    /// <summary>What is read.</summary>
    public RemoteFile File => file;

    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => _position,
        _ => Length,
    };

    // The callers' threads may be pool threads: the pool adds others while these are blocked.
    public override int Read(Span<byte> buffer)
    {
        ValueTask<bool> filling = FillAsync(stop);
        bool any = filling.IsCompletedSuccessfully ? filling.Result : filling.AsTask().GetAwaiter().GetResult();
        return any ? Take(buffer) : 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        CancellationToken token = cancellationToken.CanBeCanceled ? cancellationToken : stop;
        return await FillAsync(token).ConfigureAwait(false) ? Take(buffer.Span) : 0;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    // Whether there is a byte at the position.
    private async ValueTask<bool> FillAsync(CancellationToken cancellation)
    {
        if (_position >= file.Length)
        {
            return false;
        }

        if (_position < _block.Offset || _position >= _block.End)
        {
            bool isNear = _block.End > 0 && _position >= _block.End && _position - _block.End < _wanted;
            _wanted = isNear ? Math.Min(2 * _wanted, MostBytes) : RemoteFile.LeastBytes;
            _block = await file.BlockAsync(_position, _wanted, cancellation).ConfigureAwait(false);
        }

        return true;
    }

    private int Take(Span<byte> buffer)
    {
        ReadOnlySpan<byte> rest = _block.Bytes.Span[(int)(_position - _block.Offset)..];
        int count = Math.Min(rest.Length, buffer.Length);
        rest[..count].CopyTo(buffer);
        _position += count;
        return count;
    }
}
