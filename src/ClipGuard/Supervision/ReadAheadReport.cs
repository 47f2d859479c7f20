namespace ClipGuard.Supervision;

/// <summary>What was read ahead of decodes so far, and what stands ready at this moment.</summary>
public sealed record ReadAheadReport
{
    /// <summary>Clips whose bytes were there before their decode, or came while it waited for them.</summary>
    public long ClipCount { get; init; }

    /// <summary>Encoded bytes of these.</summary>
    public long Bytes { get; init; }

    /// <summary>Encoded bytes that were read, and no decode asked for.</summary>
    public long UnusedBytes { get; init; }

    /// <summary>Reads that did not come back in time, and were left to themselves.</summary>
    public long StuckCount { get; init; }

    /// <summary>Time for which decodes waited for a read ahead, all together.</summary>
    public TimeSpan Waited { get; init; }

    /// <summary>Encoded bytes that are held at this moment.</summary>
    public long BytesHeld { get; init; }

    /// <summary>Reads and fetches that are in flight at this moment.</summary>
    public int InFlightCount { get; init; }

    /// <summary>What has come since an earlier report.</summary>
    internal ReadAheadReport Since(ReadAheadReport before) => this with
    {
        ClipCount = ClipCount - before.ClipCount,
        Bytes = Bytes - before.Bytes,
        UnusedBytes = UnusedBytes - before.UnusedBytes,
        StuckCount = StuckCount - before.StuckCount,
        Waited = Waited - before.Waited,
    };
}
