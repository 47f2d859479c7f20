namespace ClipGuard.Media.Libav.Bytes;

/// <summary>A range of a clip's bytes, read as if it were a whole clip. Owns the clip's bytes.</summary>
/// <param name="clip">The clip's own bytes.</param>
/// <param name="from">The first byte.</param>
/// <param name="length">How many there are.</param>
internal sealed class SubfileBytes(ClipBytes clip, long from, long length) : ClipBytes
{
    public override long Length { get; } = Math.Clamp(clip.Length - from, 0, length);

    public override string Name => clip.Name;

    public override int ReadAt(long position, Span<byte> buffer) =>
        clip.ReadAt(from + position, buffer[..(int)Math.Clamp(Length - position, 0, buffer.Length)]);

    public override void Dispose() => clip.Dispose();
}
