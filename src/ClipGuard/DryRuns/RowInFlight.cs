using System.Diagnostics;

using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.DryRuns;

/// <summary>A row between the reader and the recorder, while its clips are decoded in any order.</summary>
internal sealed class RowInFlight
{
    // A sample with its two messages, and a clip's reference with its path.
    private const int RowObjectBytes = 500;
    private const int ClipObjectBytes = 300;

    private readonly ClipVerdict?[] _verdicts;
    private readonly UInt128[] _keys;
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _open;

    public RowInFlight(ManifestRow row)
    {
        Row = row;
        Clips = row is SampleRow sample ? sample.Sample.Clips : [];
        _verdicts = new ClipVerdict?[Clips.Count];
        _keys = Clips.Count == 0 ? [] : new UInt128[Clips.Count];
        _open = Clips.Count;
        if (_open == 0)
        {
            _finished.SetResult();
        }
    }

    public ManifestRow Row { get; }

    public IReadOnlyList<ClipReference> Clips { get; }

    /// <summary>Completes once every clip is settled.</summary>
    public Task Finished => _finished.Task;

    /// <summary>
    /// One for each clip, in the row's order; null where the run was stopped before there was one. Read it once <see cref="Finished"/>.
    /// </summary>
    public IReadOnlyList<ClipVerdict?> Verdicts => _verdicts;

    /// <summary>What the clips are called within the run, in the row's order; 0 for one that is refused by its reference, and before it was sent.</summary>
    public IReadOnlyList<UInt128> Keys => _keys;

    /// <summary>Says what a clip is called; before it is settled.</summary>
    public void Name(int index, UInt128? key) => _keys[index] = key ?? 0;

    /// <summary>Memory that the row holds, roughly, with what it was parsed into: for <see cref="RowByteBudget"/>.</summary>
    public long HeldBytes => RowObjectBytes + (Clips.Count * ClipObjectBytes)
        + (Row is SampleRow sample ? (2L * sample.Raw.Length) + (sample.Raw.IsEmpty ? BytesOf(sample.Sample.Clips) : 0) : 0);

    // Bytes of clips that stand in a row's text are counted with that text.
    private static long BytesOf(IReadOnlyList<ClipReference> clips) => clips.Sum(static clip => clip.Source is MemorySource held ? held.Bytes.Length : 0L);

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
/// <param name="Row">The row.</param>
/// <param name="Index">Which of its clips.</param>
/// <param name="FirstFailure">How an earlier run failed to decode it, where it had no time for a second attempt; otherwise null.</param>
/// <param name="Key">What it is called within the run (<see cref="ClipMentions"/>); null where it is refused by its reference.</param>
/// <param name="Ahead">Its bytes on their way; null where they are not read ahead. Disposed once it is settled.</param>
internal readonly record struct ClipInFlight(
    RowInFlight Row, int Index, ClipFault? FirstFailure = null, UInt128? Key = null, IReadAheadClip? Ahead = null)
{
    /// <summary>1-based line of the row.</summary>
    public long Line => Row.Row.Line;

    /// <summary>The clip.</summary>
    public ClipReference Clip => Row.Clips[Index];
}
