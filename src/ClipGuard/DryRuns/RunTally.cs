using System.Text.Json.Serialization;

using ClipGuard.DryRuns.SecondOpinions;
using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Runs;

namespace ClipGuard.DryRuns;

/// <summary>A run's counts so far, in manifest order. Part of the checkpoint, so that the counts of an interrupted run go on.</summary>
internal sealed class RunTally
{
    private const int SlowestKept = 10;

    private readonly SlowestClips _slowest = new(SlowestKept);

    /// <summary>Rows recorded, bad ones included.</summary>
    public long Rows { get; set; }

    /// <summary>Line of the last of them.</summary>
    public long LastLine { get; set; }

    /// <summary>The last of them, where this run recorded it; not kept in checkpoints.</summary>
    [JsonIgnore]
    public ManifestRow? LastRow { get; set; }

    /// <summary>Rows that are samples and were recorded whole.</summary>
    public long Samples { get; set; }

    /// <summary>Samples whose clips all decoded.</summary>
    public long CleanSamples { get; set; }

    /// <summary>Rows that give no sample through a fault of theirs.</summary>
    public long FaultyRows { get; set; }

    /// <summary>Samples for which the manifest reader has a warning.</summary>
    public long SamplesWithWarnings { get; set; }

    /// <summary>Clips with a verdict.</summary>
    public long Clips { get; set; }

    /// <summary>Clips that decoded.</summary>
    public long Ok { get; set; }

    /// <summary>Clips that are nobody's fault, and not known to be good.</summary>
    public long Unsettled { get; set; }

    /// <summary>Of <see cref="Clips"/>, those whose verdict the store had.</summary>
    public long FromStore { get; set; }

    /// <summary>Of <see cref="Clips"/>, later mentions of a clip.</summary>
    public long Repeated { get; set; }

    /// <summary>Of <see cref="Clips"/>, those that were refused by their reference, each of which is a clip of its own.</summary>
    public long Refused { get; set; }

    /// <summary>A count for each fault, bad manifest lines included; every name is there.</summary>
    public Dictionary<string, long> Faults { get; set; } = Enum.GetNames<FaultKind>().Append(BadLineRecord.Name).ToDictionary(name => name, _ => 0L);

    /// <summary>What came of asking a second decoder, by format.</summary>
    public Dictionary<string, FormatAgreement> Agreement { get; set; } = [];

    /// <summary>True once a clean row named a clip by a relative path.</summary>
    public bool CleanHasRelativePaths { get; set; }

    /// <summary>The slowest clips, slowest first.</summary>
    public IReadOnlyList<SlowClip> Slowest
    {
        get => _slowest.ToList();
        set
        {
            foreach (SlowClip clip in value)
            {
                _slowest.Add(clip);
            }
        }
    }

    /// <summary>Counts a bad manifest line.</summary>
    public void AddBadLine()
    {
        FaultyRows++;
        Faults[BadLineRecord.Name]++;
    }

    /// <summary>Counts a clip.</summary>
    /// <param name="line">Its row's line.</param>
    /// <param name="verdict">Its verdict.</param>
    /// <param name="isRefused">Whether it was refused by its reference.</param>
    public void Add(long line, ClipVerdict verdict, bool isRefused)
    {
        if (verdict.Unsettled is not null)
        {
            Unsettled++;
            return;
        }

        if (verdict.Second is { IsCounted: false } opinion)
        {
            Agreement[opinion.Format] = (Agreement.GetValueOrDefault(opinion.Format) ?? new FormatAgreement(opinion.Format)).Plus(opinion);
        }

        Clips++;
        FromStore += verdict.IsFromStore ? 1 : 0;
        Repeated += verdict.IsRepeat ? 1 : 0;
        Refused += isRefused ? 1 : 0;
        if (verdict.Elapsed is { } elapsed)
        {
            _slowest.Add(new SlowClip(line, verdict.Clip.AsWritten, Seconds.Of(elapsed)));
        }

        if (verdict.Fault is { } fault)
        {
            Faults[fault.Fault]++;
        }
        else
        {
            Ok++;
        }
    }

    /// <summary>Counts a sample whose clips all have a verdict.</summary>
    public void Add(SampleRow row, bool clean)
    {
        Samples++;
        SamplesWithWarnings += row.Sample.Warnings.Count > 0 ? 1 : 0;
        if (clean)
        {
            CleanSamples++;
            CleanHasRelativePaths |= row.Sample.Clips.Any(IsRelative);
        }
    }

    private static bool IsRelative(ClipReference clip) =>
        clip.Path is not null && !Path.IsPathRooted(clip.AsWritten) && !clip.AsWritten.Contains("://", StringComparison.Ordinal);
}
