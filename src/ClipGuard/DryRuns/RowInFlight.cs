using System.Diagnostics;

using ClipGuard.Manifests;

namespace ClipGuard.DryRuns;

/// <summary>A row between the reader and the recorder, while its clips are decoded in any order.</summary>
internal sealed class RowInFlight
{
    private readonly ClipVerdict?[] _verdicts;
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<int> _known = [];
    private int _open;

    public RowInFlight(ManifestRow row)
    {
        Row = row;
        Clips = row is SampleRow sample ? sample.Sample.Clips : [];
        _verdicts = new ClipVerdict?[Clips.Count];
        _open = Clips.Count;
        if (_open == 0)
        {
            _finished.SetResult();
        }
    }

    public ManifestRow Row { get; }

    /// <summary>What an earlier run found of the clips that are not tried again; null where all are tried.</summary>
    public IReadOnlyList<KnownFault>? KnownFaults { get; init; }

    public IReadOnlyList<ClipReference> Clips { get; }

    /// <summary>Completes once every clip is settled.</summary>
    public Task Finished => _finished.Task;

    /// <summary>Whether a clip's verdict is an earlier run's.</summary>
    public bool IsKnown(int index) => KnownFaults is not null && _known.Contains(index);

    /// <summary>Leaves a clip to what an earlier run found of it.</summary>
    /// <returns>True where it was the row's last clip.</returns>
    public bool Keep(int index)
    {
        _known.Add(index);
        return Settle(index, verdict: null);
    }

    /// <summary>
    /// One for each clip, in the row's order; null where an earlier run has it, or where the run was stopped before there was one.
    /// Read it once <see cref="Finished"/>.
    /// </summary>
    public IReadOnlyList<ClipVerdict?> Verdicts => _verdicts;

    /// <summary>Memory that the row holds, roughly: for <see cref="ByteBudget"/>.</summary>
    public long HeldBytes => Row is SampleRow sample ? sample.Raw.Length : 0;

    /// <summary>Gives a clip its verdict, or null where the run was stopped first. Once for each clip, from any thread.</summary>
    /// <returns>True where it was the row's last clip.</returns>
    public bool Settle(int index, ClipVerdict? verdict)
    {
        Debug.Assert(_verdicts[index] is null, "A clip is settled once.");
        _verdicts[index] = verdict;
        if (Interlocked.Decrement(ref _open) > 0)
        {
            return false;
        }

        _finished.SetResult();
        return true;
    }
}

/// <summary>One clip of a row on its way to a worker.</summary>
internal readonly record struct ClipInFlight(RowInFlight Row, int Index);
