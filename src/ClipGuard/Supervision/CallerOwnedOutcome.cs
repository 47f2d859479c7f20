using ClipGuard.Media;

namespace ClipGuard.Supervision;

/// <summary>A clip that decoded, and whose bytes are the caller's own.</summary>
internal sealed class CallerOwnedOutcome(DecodedClip clip, ReadOnlyMemory<byte> payload, TimeSpan elapsed) : DecodeOutcome(clip, fault: null, elapsed)
{
    private bool _isDisposed;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Payload
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return payload.Span;
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => _isDisposed = true;
}
