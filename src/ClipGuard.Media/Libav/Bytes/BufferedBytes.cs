namespace ClipGuard.Media.Libav.Bytes;

/// <summary>
/// A clip's bytes, of which a window is kept in memory, so that many small reads near each other need one read of the file. Long reads bypass it. Owns the
/// bytes.
/// </summary>
/// <param name="clip">The clip's own bytes. They must not change.</param>
internal sealed class BufferedBytes(ClipBytes clip) : ClipBytes
{
    private const int WindowLength = 4096;

    private readonly byte[] _window = GC.AllocateUninitializedArray<byte>(WindowLength);
    private long _start;
    private int _length;

    public override long Length => clip.Length;

    public override string Name => clip.Name;

    public override int ReadAt(long position, Span<byte> buffer)
    {
        if (buffer.Length > WindowLength)
        {
            return clip.ReadAt(position, buffer);
        }

        if (position < _start || position + buffer.Length > _start + _length)
        {
            int read = clip.ReadAt(position, _window);
            if (read < 0)
            {
                // What was asked for may be readable where what lies behind it is not.
                return clip.ReadAt(position, buffer);
            }

            (_start, _length) = (position, read);
        }

        int count = (int)Math.Clamp(_start + _length - position, 0, buffer.Length);
        _window.AsSpan((int)(position - _start), count).CopyTo(buffer);
        return count;
    }

    public override void Dispose() => clip.Dispose();
}
