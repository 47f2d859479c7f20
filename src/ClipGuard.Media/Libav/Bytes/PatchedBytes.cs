namespace ClipGuard.Media.Libav.Bytes;

/// <summary>A clip's bytes, some of which read as others. The length stays. Owns the clip's.</summary>
/// <param name="clip">The clip's own bytes.</param>
/// <param name="patches">What reads as something else: from which position on, and as what.</param>
internal sealed class PatchedBytes(ClipBytes clip, params (long At, byte[] Bytes)[] patches) : ClipBytes
{
    public override long Length => clip.Length;

    public override string Name => clip.Name;

    public override int ReadAt(long position, Span<byte> buffer)
    {
        int read = clip.ReadAt(position, buffer);
        foreach ((long at, byte[] bytes) in patches)
        {
            long from = Math.Max(at, position);
            long to = Math.Min(at + bytes.Length, position + read);
            if (from < to)
            {
                bytes.AsSpan((int)(from - at), (int)(to - from)).CopyTo(buffer[(int)(from - position)..]);
            }
        }

        return read;
    }

    public override void Dispose() => clip.Dispose();
}
