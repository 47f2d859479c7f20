using ClipGuard.Media;
using ClipGuard.Media.Libav;
using ClipGuard.Media.Libav.Bytes;

namespace ClipGuard.Tests.Support;

/// <summary>A clip on a disk that fails: from some byte on, reading is an error.</summary>
/// <param name="Content">The clip.</param>
/// <param name="FailsAt">The first byte that cannot be read.</param>
internal sealed record FailingClipSource(byte[] Content, long FailsAt) : ClipSource, ISelfOpeningSource
{
    private const int InputOutputError = 5;

    private int _opened;

    /// <summary>How often it can be opened before it is gone.</summary>
    public int Opens { get; init; } = int.MaxValue;

    public DecoderFault? Open(DecodeState session, out ClipBytes? bytes)
    {
        bytes = ++_opened > Opens ? null : new FailingBytes(this);
        return bytes is null ? session.Fault(FaultKind.Missing, "The clip is gone.") : null;
    }

    private sealed class FailingBytes(FailingClipSource source) : ClipBytes
    {
        public override long Length => source.Content.Length;

        public override string Name => string.Empty;

        public override int ReadAt(long position, Span<byte> buffer)
        {
            int count = (int)Math.Clamp(Math.Min(buffer.Length, source.FailsAt - position), 0, buffer.Length);
            source.Content.AsSpan((int)Math.Min(position, Length), (int)Math.Min(count, Math.Max(0, Length - position))).CopyTo(buffer);
            return count > 0 || position >= Length ? (int)Math.Min(count, Math.Max(0, Length - position)) : -InputOutputError;
        }

        public override void Dispose()
        {
        }
    }
}
