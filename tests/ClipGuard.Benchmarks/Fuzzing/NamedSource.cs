using ClipGuard.Media;
using ClipGuard.Media.Libav;
using ClipGuard.Media.Libav.Bytes;

namespace ClipGuard.Benchmarks.Fuzzing;

/// <summary>Bytes in memory that bear a file's name, by which some formats are told.</summary>
internal sealed record NamedSource(string FileName, byte[] Content) : ClipSource, ISelfOpeningSource
{
    public DecoderFault? Open(DecodeState session, out ClipBytes? bytes)
    {
        bytes = new NamedBytes(this);
        return null;
    }

    private sealed class NamedBytes(NamedSource source) : ClipBytes
    {
        public override long Length => source.Content.Length;

        public override string Name => source.FileName;

        public override int ReadAt(long position, Span<byte> buffer)
        {
            ReadOnlySpan<byte> rest = position < Length ? source.Content.AsSpan((int)position) : [];
            rest = rest[..Math.Min(rest.Length, buffer.Length)];
            rest.CopyTo(buffer);
            return rest.Length;
        }

        public override void Dispose()
        {
        }
    }
}
