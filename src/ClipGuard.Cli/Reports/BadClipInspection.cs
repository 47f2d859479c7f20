using ClipGuard.DryRuns;
using ClipGuard.Media;

namespace ClipGuard.Cli.Reports;

/// <summary>What came of inspecting a bad clip once more for the report.</summary>
/// <param name="Fault">Its record.</param>
/// <param name="Format">FFmpeg's name of the container.</param>
/// <param name="Stream">The stream that was to be decoded; null where there is none of the kind.</param>
/// <param name="DurationSeconds">How long the clip says it is; null where it does not.</param>
internal sealed record BadClipInspection(ClipFaultRecord Fault, string Format, StreamDescription? Stream, double? DurationSeconds)
{
    /// <summary>What is left of it; null where that is not shown.</summary>
    public ReportPicture? Picture { get; init; }

    /// <summary>Where the first damage begins, from 0 to 1; null where that is not known.</summary>
    public double? DamageAt => ShareOf(Stream?.Damage?.FirstAt?.TotalSeconds, DurationSeconds);

    /// <summary>How much of it is damaged, roughly: what was refused, corrupt or never came, by what there should be.</summary>
    public double DamagedShare
    {
        get
        {
            if (Stream is not { Damage: { } damage } stream)
            {
                return 0;
            }

            double wanted = stream.SampleRateHz is { } rate ? rate * (DurationSeconds ?? 0) : stream.DeclaredFrameCount ?? stream.FoundFrameCount ?? 0;
            double lost = stream.SampleRateHz is not null ? damage.MissingSampleCount
                : damage.MissingFrameCount + damage.CorruptFrameCount + damage.ConcealedFrameCount + damage.RefusedPacketCount;
            return wanted > 0 ? lost / wanted : 0;
        }
    }

    /// <summary>Where within a length something lies, from 0 to 1; null where one of both is not known.</summary>
    public static double? ShareOf(double? at, double? length) =>
        at is >= 0 and var begin && length is > 0 and var whole ? Math.Min(1, begin / whole) : null;
}
