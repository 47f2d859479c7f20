using ClipGuard.Manifests;
using ClipGuard.Manifests.Sharding;
using ClipGuard.Media;
using ClipGuard.Runs;

namespace ClipGuard.DryRuns;

/// <summary>How far a dry run is. Every member may be read from any thread while it goes on.</summary>
public sealed class DryRunProgress
{
    private readonly TimeProvider _time;
    private readonly FaultCounts<FaultKind> _faults = new();
    private readonly StartedClip?[] _running;
    private readonly long? _limit;
    private readonly TaskCompletionSource<long> _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _rowsRead;
    private long _rows;
    private long _ok;
    private long _badLines;
    private long _unsettled;
    private long _bytesRead;
    private long _totalBytes;
    private long _firstByte;
    private long _totalRows;
    private long _clipsBefore;
    private double _fractionBefore;

    internal DryRunProgress(int workers, long? limit, TimeProvider time)
    {
        _limit = limit;
        _running = new StartedClip?[workers];
        _time = time;
    }

    /// <summary>Rows whose clips all have a verdict, including those of an interrupted run that this one continues.</summary>
    public long RowCount => Interlocked.Read(ref _rows);

    /// <summary>Clips that decoded.</summary>
    public long OkCount => Interlocked.Read(ref _ok);

    /// <summary>Manifest lines that are no sample.</summary>
    public long BadLineCount => Interlocked.Read(ref _badLines);

    /// <summary>Clips that are nobody's fault: to be tried again, or tried again in vain.</summary>
    public long UnsettledCount => Interlocked.Read(ref _unsettled);

    /// <summary>Clips with a verdict.</summary>
    public long ClipCount => OkCount + _faults.Sum;

    /// <summary>Clips that got a verdict in this run, without those of an interrupted run before it.</summary>
    public long ClipCountThisRun => ClipCount - Interlocked.Read(ref _clipsBefore);

    /// <summary>
    /// Done once the run has its output folder: the rows of an interrupted run that this one goes on behind, and 0 for a new one. Never done where the run
    /// ends before.
    /// </summary>
    public Task<long> Begun => _begun.Task;

    /// <summary>How the manifest's first row was understood, in words; null before <see cref="Begun"/> is done, and where there is no row.</summary>
    public string? FirstRow { get; private set; }

    /// <summary>What <see cref="Fraction"/> was when this run decoded its first clip: what an interrupted run had done.</summary>
    public double FractionBefore => Volatile.Read(ref _fractionBefore);

    /// <summary>How much is done, from 0 to 1, by the manifest's bytes and the limit on rows; null where its length is not known.</summary>
    public double? Fraction
    {
        get
        {
            long total = Interlocked.Read(ref _totalBytes);
            long read = Interlocked.Read(ref _rowsRead);
            if (Interlocked.Read(ref _totalRows) is > 0 and var rows)
            {
                return (double)RowCount / rows;
            }

            if (total == 0 || read == 0)
            {
                return total == 0 ? null : 0;
            }

            double byBytes = (double)Interlocked.Read(ref _bytesRead) / total;
            double byRows = _limit is { } limit ? (double)read / limit : 0;
            return Math.Clamp(Math.Max(byBytes, byRows) * RowCount / read, 0, 1);
        }
    }

    /// <summary>Clips with this fault.</summary>
    public long Count(FaultKind kind) => _faults[kind];

    /// <summary>The clips that are being decoded now, longest first.</summary>
    public IReadOnlyList<RunningClip> Running() =>
        [.. _running.Select((_, worker) => Volatile.Read(ref _running[worker])).OfType<StartedClip>()
            .Select(clip => new RunningClip(clip.Line, clip.Clip, _time.GetElapsedTime(clip.Since)))
            .OrderByDescending(clip => clip.Elapsed)];

    internal void Start(ShardExtent extent, RunTally before, ManifestRow? firstRow)
    {
        if (extent.Unit == ShardExtent.Bytes)
        {
            Interlocked.Exchange(ref _firstByte, extent.From);
            Interlocked.Exchange(ref _totalBytes, extent.To - extent.From);
        }
        else if (extent.Unit == ShardExtent.Rows)
        {
            Interlocked.Exchange(ref _totalRows, extent.To - extent.From);
        }

        FirstRow = firstRow is null ? null : UnderstoodKeys.InWords(firstRow);
        Interlocked.Exchange(ref _ok, before.Ok);
        Interlocked.Exchange(ref _badLines, before.Faults[BadLineRecord.Name]);
        Interlocked.Exchange(ref _clipsBefore, before.Clips);
        foreach (FaultKind kind in Enum.GetValues<FaultKind>())
        {
            _faults[kind] = before.Faults[kind.ToString()];
        }

        _begun.SetResult(before.Rows);
    }

    /// <summary>The rows of the interrupted run have been read again.</summary>
    internal void CaughtUp() => Volatile.Write(ref _fractionBefore, Fraction ?? 0);

    /// <summary>Rows of an interrupted run are not read again.</summary>
    internal void Passed(long rows, long bytes)
    {
        Interlocked.Exchange(ref _rowsRead, rows);
        Interlocked.Exchange(ref _rows, rows);
        Interlocked.Exchange(ref _bytesRead, bytes);
        CaughtUp();
    }

    internal void RowRead(ManifestRow row)
    {
        Interlocked.Increment(ref _rowsRead);
        if (row is SampleRow sample)
        {
            Interlocked.Exchange(ref _bytesRead, sample.Offset + sample.Raw.Length - Interlocked.Read(ref _firstByte));
        }
    }

    /// <summary>The manifest was read to its end; after its last sample there may have been bytes that are no samples.</summary>
    internal void ReadToEnd() => Interlocked.Exchange(ref _bytesRead, Interlocked.Read(ref _totalBytes));

    internal void RowFinished() => Interlocked.Increment(ref _rows);

    internal void BadLineFound() => Interlocked.Increment(ref _badLines);

    internal void Begin(int worker, long line, string clip) => Volatile.Write(ref _running[worker], new StartedClip(line, clip, _time.GetTimestamp()));

    internal void End(int worker) => Volatile.Write(ref _running[worker], null);

    /// <summary>A clip is to be tried again later.</summary>
    internal void Postponed() => Interlocked.Increment(ref _unsettled);

    /// <summary>A clip was tried again.</summary>
    internal void Settled(ClipVerdict? verdict)
    {
        if (verdict is { Unsettled: null })
        {
            Interlocked.Decrement(ref _unsettled);
            Decided(verdict);
        }
    }

    /// <summary>A clip has the verdict of an earlier run.</summary>
    internal void TakenOver(ClipVerdict verdict)
    {
        Interlocked.Increment(ref _clipsBefore);
        Decided(verdict);
    }

    internal void Decided(ClipVerdict verdict)
    {
        if (verdict.Fault is { } fault)
        {
            _faults.Add(Enum.Parse<FaultKind>(fault.Fault));
        }
        else
        {
            Interlocked.Increment(ref _ok);
        }
    }

    private sealed record StartedClip(long Line, string Clip, long Since);
}
