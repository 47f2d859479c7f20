namespace ClipGuard.Supervision;

/// <summary>A decode that came to nothing, and that is nobody's fault.</summary>
internal sealed class UnsettledOutcome(UnsettledClip unsettled, TimeSpan elapsed) : DecodeOutcome(unsettled, elapsed)
{
    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Payload => [];

    /// <inheritdoc/>
    public override void Dispose()
    {
    }
}
