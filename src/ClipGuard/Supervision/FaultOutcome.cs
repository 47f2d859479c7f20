namespace ClipGuard.Supervision;

/// <summary>A clip that gave no data.</summary>
internal sealed class FaultOutcome(ClipFault fault, TimeSpan elapsed) : DecodeOutcome(clip: null, fault, elapsed)
{
    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Payload => [];

    /// <inheritdoc/>
    public override void Dispose()
    {
    }
}
