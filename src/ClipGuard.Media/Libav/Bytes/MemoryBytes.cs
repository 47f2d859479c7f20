namespace ClipGuard.Media.Libav.Bytes;

/// <summary>A clip held in memory.</summary>
internal sealed class MemoryBytes(ReadOnlyMemory<byte> bytes) : ClipBytes
{
    public override long Length => bytes.Length;

    public override string Name => string.Empty;

    public static DecoderFault? Open(MemorySource source, out ClipBytes bytes)
    {
        bytes = new MemoryBytes(source.Bytes);
        return null;
    }

    public override int ReadAt(long position, Span<byte> buffer)
    {
        int start = (int)Math.Min(position, bytes.Length);
        int count = Math.Min(buffer.Length, bytes.Length - start);
        bytes.Span.Slice(start, count).CopyTo(buffer);
        return count;
    }

    public override void Dispose()
    {
    }
}
