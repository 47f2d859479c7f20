using ClipGuard.Media;
using ClipGuard.Media.Libav;
using ClipGuard.Media.Libav.Bytes;

namespace ClipGuard.Tests.Support;

/// <summary>A file of some first bytes, and then zeros up to a length, that counts what is read of it.</summary>
/// <param name="FileName">Its name.</param>
/// <param name="Start">The first bytes.</param>
/// <param name="Length">How long it is.</param>
internal sealed record CountingSource(string FileName, byte[] Start, long Length) : ClipSource, ISelfOpeningSource
{
    /// <summary>Bytes read so far.</summary>
    public long Read { get; private set; }

    public DecoderFault? Open(DecodeState session, out ClipBytes? bytes)
    {
        bytes = new CountedBytes(this);
        return null;
    }

    private sealed class CountedBytes(CountingSource source) : ClipBytes
    {
        public override long Length => source.Length;

        public override string Name => source.FileName;

        public override int ReadAt(long position, Span<byte> buffer)
        {
            int count = (int)Math.Clamp(Length - position, 0, buffer.Length);
            buffer[..count].Clear();
            if (position < source.Start.Length)
            {
                ReadOnlySpan<byte> there = source.Start.AsSpan((int)position);
                there[..Math.Min(there.Length, count)].CopyTo(buffer);
            }

            source.Read += count;
            return count;
        }

        public override void Dispose()
        {
        }
    }
}
