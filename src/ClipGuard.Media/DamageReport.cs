namespace ClipGuard.Media;

/// <summary>What a decoder had to guess, drop or repeat. Damage is told, never repaired in silence.</summary>
public sealed record DamageReport
{
    /// <summary>No damage.</summary>
    public static DamageReport None { get; } = new();

    /// <summary>Frames in which the decoder concealed errors.</summary>
    public long ConcealedFrames { get; init; }

    /// <summary>Frames or packets marked corrupt.</summary>
    public long CorruptFrames { get; init; }

    /// <summary>Packets that the decoder refused.</summary>
    public long RefusedPackets { get; init; }

    /// <summary>Frames that were promised or asked for and never came.</summary>
    public long MissingFrames { get; init; }

    /// <summary>Time of the first damage within the clip; null where there is none or it is not known.</summary>
    public TimeSpan? FirstAt { get; init; }
}
