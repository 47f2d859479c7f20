namespace ClipGuard.Supervision;

/// <summary>A clip that gave no data.</summary>
internal sealed class FaultOutcome(ClipFault fault, TimeSpan elapsed) : DecodeOutcome(clip: null, fault, elapsed)
{
    /// <summary>True where a helper has found it that had found one before, and no other was asked: a later disagreement puts it in doubt.</summary>
    public bool IsUnconfirmed { get; init; }

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Payload => [];

    /// <summary>The same, found by somebody else's program.</summary>
    /// <param name="program">What that calls itself.</param>
    public FaultOutcome FoundBy(string program) => new(Fault! with { Decoder = program }, Elapsed)
    {
        IsUnconfirmed = IsUnconfirmed,
        Fetched = Fetched,
        Profile = Profile,
    };

    /// <inheritdoc/>
    public override void Dispose()
    {
    }
}
