using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;

using ClipGuard.Manifests;

namespace ClipGuard.Loading;

/// <summary>
/// Where a loader is, and what can be said of that: its state, and how many batches there are. The loop that reads moves it; any thread may ask.
/// </summary>
/// <param name="opened">The manifest.</param>
/// <param name="options">The settings.</param>
/// <param name="planner">Plans what is left of an epoch.</param>
/// <param name="snapshot">Id of the snapshot of a verdict store whose clips are left out; null for none.</param>
internal sealed class LoaderStateTracker(OpenedManifest opened, LoaderOptions options, EpochPlanner planner, string? snapshot)
{
    private readonly string? _givenLines = HashOf(options.ExcludedLines);

    // What was found out of the progress when it was asked for last. Each is replaced as a whole, so any thread may ask.
    private KnownState? _known;
    private CountedBatches? _counted;

    /// <summary>The batches that are consumed.</summary>
    public EpochProgress Now { get; private set; } = EpochProgress.Begin(0, [], []) with { Snapshot = snapshot };

    /// <summary>Whether the present epoch has begun, so that its plan must stay as it is.</summary>
    public bool HasBegun => Now is { Consumed: > 0 } or { Ahead.Count: > 0 } or { ResumeSegments.Count: > 0 };

    /// <summary>How many batches every rank has in the present segment of the epoch; null where that is known only at the end.</summary>
    public long? BatchCount
    {
        get
        {
            EpochProgress progress = Now;
            if (_counted is not { } counted || !counted.IsOf(progress))
            {
                _counted = counted = new CountedBatches(progress, planner.Batches(progress));
            }

            return counted.Count;
        }
    }

    /// <summary>The state to go on from here.</summary>
    public LoaderState State
    {
        get
        {
            EpochProgress progress = Now;
            if (_known is not { } known || known.Progress != (object)progress)
            {
                _known = known = new KnownState(progress, StateOf(progress));
            }

            return known.State;
        }
    }

    // The lines of failed rows are kept here only where no verdict store keeps their clips.
    private bool KeepsFailedLines => options.ExcludeFailed && options.Verdicts is null;

    /// <summary>Goes on elsewhere.</summary>
    public void MoveTo(EpochProgress progress) => Now = progress;

    /// <summary>Goes on where a state is known already.</summary>
    public void MoveTo(EpochProgress progress, LoaderState state)
    {
        Now = progress;
        _known = new KnownState(progress, state);
    }

    /// <summary>The progress once a batch is consumed.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="failures">What the failure budget has seen with it.</param>
    public EpochProgress After(Batch batch, FailureCount failures) => Now.After(batch.Number, batch.PlannedFrom) with
    {
        Failures = failures,
        FailedLines = KeepsFailedLines
            ? Now.FailedLines.Union(
                batch.Report.Faults.Where(static fault => fault.IsRowToBlame).Select(static fault => new ManifestLineReference(fault.Line, fault.Origin)))
            : Now.FailedLines,
    };

    /// <summary>The beginning of the next epoch.</summary>
    public EpochProgress NextEpoch() =>
        EpochProgress.Begin(Now.Epoch + 1, [], options.ExcludeFailed ? InOrder([.. Now.ExcludedLines, .. Now.FailedLines]) : []) with
        {
            Snapshot = Now.Snapshot,
        };

    /// <summary>The state to go on from a progress.</summary>
    public LoaderState StateOf(EpochProgress progress) => new()
    {
        Manifest = opened.Fingerprint,
        Seed = options.Seed,
        Shuffle = options.Shuffle,
        ShuffleWindow = opened.Index is null || planner.ShufflesGroups ? options.ShuffleWindow : 0,
        Buckets = options.Buckets is { } buckets ? $"{buckets.Name}, {buckets.WindowBatches} batches" : null,
        Excluded = options.Excluded?.Fingerprint,
        Epoch = progress.Epoch,
        ResumeSegments = progress.ResumeSegments,
        World = options.RankInfo.World,
        Rank = options.RankInfo.Rank,
        BatchSize = options.BatchBySize is null ? options.BatchSize : 1,
        BySize = BatchBySizeState.Of(options, progress.Start),
        ConsumedCount = progress.Consumed,
        ConsumedAhead = [.. progress.Ahead],
        Snapshot = progress.Snapshot,
        GivenLines = _givenLines,
        ExcludedLines = progress.ExcludedLines,
        FailedLines = InOrder(progress.FailedLines),
        TriedRowCount = progress.Failures.RowsTried,
        FaultCount = progress.Failures.Faults,
        UnsettledCount = progress.Failures.Unsettled,
    };

    private static string? HashOf(IReadOnlyCollection<ManifestLineReference> lines) => lines.Count == 0 ? null
        : XxHash128.HashToUInt128(MemoryMarshal.AsBytes(string.Join('\n', InOrder(lines)).AsSpan())).ToString("x32", CultureInfo.InvariantCulture);

    private static ManifestLineReference[] InOrder(IEnumerable<ManifestLineReference> lines) => [.. lines.Distinct().Order(ManifestLineReference.Order)];

    private sealed record KnownState(EpochProgress Progress, LoaderState State);

    private sealed record CountedBatches(EpochProgress Progress, long? Count)
    {
        // Nothing else of the progress decides how many there are.
        public bool IsOf(EpochProgress other) =>
            Progress.Epoch == other.Epoch && Progress.Snapshot == other.Snapshot && ReferenceEquals(Progress.ResumeSegments, other.ResumeSegments)
            && ReferenceEquals(Progress.ExcludedLines, other.ExcludedLines);
    }
}
