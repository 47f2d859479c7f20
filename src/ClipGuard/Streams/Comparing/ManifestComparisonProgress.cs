using System.Collections.Concurrent;

using ClipGuard.Runs;

namespace ClipGuard.Streams.Comparing;

/// <summary>How far the comparison of a manifest's pairs is. Every member may be read from any thread while it goes on.</summary>
public sealed class ManifestComparisonProgress
{
    private readonly TimeProvider _time;
    private readonly FaultCounts<ToolFaultKind> _faults = new();
    private readonly ConcurrentDictionary<long, (string Clip, long Since)> _running = new();
    private long _scored;
    private long _badLines;
    private long _doneBytes;
    private long _totalBytes;

    internal ManifestComparisonProgress(TimeProvider time) => _time = time;

    /// <summary>Pairs that got scores.</summary>
    public long ScoredCount => Interlocked.Read(ref _scored);

    /// <summary>Pairs and lines that got none.</summary>
    public long FaultCount => BadLineCount + _faults.Sum;

    /// <summary>Lines that name no pair.</summary>
    public long BadLineCount => Interlocked.Read(ref _badLines);

    /// <summary>How much is done, from 0 to 1, by the manifest's bytes; null where its length is not known.</summary>
    public double? Fraction =>
        Interlocked.Read(ref _totalBytes) is > 0 and var total ? Math.Clamp((double)Interlocked.Read(ref _doneBytes) / total, 0, 1) : null;

    /// <summary>Pairs with this fault.</summary>
    public long Count(ToolFaultKind kind) => _faults[kind];

    /// <summary>The pairs that are being compared now, each by its distorted clip, longest first.</summary>
    public IReadOnlyList<RunningClip> Running() =>
        [.. _running.Select(pair => new RunningClip(pair.Key, pair.Value.Clip, _time.GetElapsedTime(pair.Value.Since)))
            .OrderByDescending(pair => pair.Elapsed)];

    internal void Start(long totalBytes) => Interlocked.Exchange(ref _totalBytes, totalBytes);

    internal void Begin(PairRow row) => _running[row.Line] = (row.Distorted, _time.GetTimestamp());

    internal void End(PairRow row) => _running.TryRemove(row.Line, out _);

    internal void Decided(PairRow row, ComparisonResult? result)
    {
        if (result?.Outcome.Fault is { } fault)
        {
            _faults.Add(fault.Kind);
        }
        else
        {
            Interlocked.Increment(ref result is null ? ref _badLines : ref _scored);
        }

        Interlocked.Exchange(ref _doneBytes, row.EndBytes);
    }
}
