using System.IO.Hashing;
using System.Runtime.InteropServices;

using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Verdicts;

namespace ClipGuard.DryRuns;

/// <summary>
/// Clips that a manifest names more than once: the first mention, in the manifest's order, is decoded, and those behind it take its verdict or wait for it.
/// Memory is bounded, whatever the manifest has: of good clips a set of hashes, which takes no more once it is full (a clip that it lacks is decoded
/// again), of bad ones a place in a file, and the mentions that wait are among the rows in flight. Any thread; mentions come from one, in order.
/// </summary>
/// <param name="folder">Where faults are kept for later mentions.</param>
/// <param name="recordsPath">The run's <c>faults.jsonl</c>.</param>
/// <param name="mostGood">Most good clips that are remembered.</param>
/// <param name="progress">Where clips and rows are counted.</param>
internal sealed class ClipMentions(string folder, string recordsPath, long mostGood, DryRunProgress progress) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly CompactHashSet _good = new(mostGood);
    private readonly FaultDiskCache _faults = new(folder, recordsPath);
    private readonly Dictionary<UInt128, List<ClipInFlight>> _open = [];

    /// <summary>What a mention comes to.</summary>
    public enum Mention
    {
        /// <summary>It is the first: it is to be decoded.</summary>
        IsFirst,

        /// <summary>The first is still being decoded; this one gets its verdict.</summary>
        Waits,

        /// <summary>The first has its verdict.</summary>
        IsKnown,
    }

    /// <summary>Clips with a verdict, each once; null where there were more than are remembered.</summary>
    public long? Distinct
    {
        get
        {
            lock (_lock)
            {
                return _good.Count >= mostGood ? null : _good.Count + _faults.Count;
            }
        }
    }

    /// <summary>What a clip is called within a run: where its bytes are, and what it is decoded as. Null for one that is refused.</summary>
    public static UInt128? KeyOf(ClipReference clip) => clip.Source switch
    {
        FileSource file => Hash(clip.Kind, $"{file.Offset}\0{file.Length}\0{file.Path}"),
        FileListSource list => Hash(clip.Kind, string.Join('\0', list.Paths.Prepend("list"))),
        RemoteSource remote => Hash(clip.Kind, $"{remote.Offset}\0{remote.Length}\0{remote.Address.OriginalString}\0{remote.Version}"),
        MemorySource held => XxHash128.HashToUInt128(held.Bytes.Span, (long)clip.Kind),
        _ => null,
    };

    /// <summary>Takes in what an interrupted run has recorded, before anything else.</summary>
    public void Restore(IEnumerable<SeenClipRecord> seen)
    {
        foreach (SeenClipRecord clip in seen)
        {
            if (clip.FaultBytes > 0)
            {
                _faults.AddRecorded(clip);
            }
            else
            {
                _good.Add(clip.Hash);
            }
        }
    }

    /// <summary>Takes a mention in.</summary>
    /// <param name="clip">The mention.</param>
    /// <param name="verdict">The verdict, where it is known.</param>
    public Mention Join(ClipInFlight clip, out ClipVerdict? verdict)
    {
        verdict = null;
        if (clip.Key is not { } key)
        {
            return Mention.IsFirst;
        }

        lock (_lock)
        {
            if (_open.TryGetValue(key, out List<ClipInFlight>? waiting))
            {
                waiting.Add(clip);
                return Mention.Waits;
            }

            if (_good.Contains(key))
            {
                verdict = new ClipVerdict(clip.Clip) { IsRepeat = true };
                return Mention.IsKnown;
            }

            if (_faults.Find(SeenClipRecord.KeyOf(key)) is { } fault)
            {
                verdict = new ClipVerdict(clip.Clip) { Fault = fault.Of(clip.Line, clip.Clip), IsRepeat = true };
                return Mention.IsKnown;
            }

            _open.Add(key, []);
            return Mention.IsFirst;
        }
    }

    /// <summary>An earlier run has come to a verdict on this mention, which counts for later ones, too.</summary>
    public void AddEarlier(ClipInFlight clip, ClipVerdict verdict)
    {
        if (clip.Key is { } key)
        {
            lock (_lock)
            {
                if (!_open.ContainsKey(key))
                {
                    Remember(key, verdict);
                }
            }
        }
    }

    /// <summary>Gives the first mention its verdict, and all that wait for it; null where the run was stopped before there was one.</summary>
    /// <returns>The mentions that waited, with their verdicts.</returns>
    public IReadOnlyList<(ClipInFlight Clip, ClipVerdict? Verdict)> Settle(ClipInFlight first, ClipVerdict? verdict)
    {
        SettleOne(first, verdict);
        if (first.Key is not { } key)
        {
            return [];
        }

        List<ClipInFlight>? waiting;
        lock (_lock)
        {
            _open.Remove(key, out waiting);
            if (verdict is not null)
            {
                Remember(key, verdict);
            }
        }

        if (waiting is not { Count: > 0 })
        {
            return [];
        }

        (ClipInFlight Clip, ClipVerdict? Verdict)[] settled = [.. waiting.Select(clip => (clip, verdict?.ForMention(clip.Line, clip.Index, clip.Clip)))];
        foreach ((ClipInFlight clip, ClipVerdict? own) in settled)
        {
            if (own is { Unsettled: not null })
            {
                progress.Postponed();
            }
            else if (own is not null)
            {
                progress.Decided(own);
            }

            SettleOne(clip, own);
        }

        return settled;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _good.Dispose();
        _faults.Dispose();
    }

    private static UInt128 Hash(ClipKind kind, string text) => XxHash128.HashToUInt128(MemoryMarshal.AsBytes(text.AsSpan()), (long)kind);

    private void SettleOne(ClipInFlight clip, ClipVerdict? verdict)
    {
        if (clip.Row.Settle(clip.Index, verdict))
        {
            progress.RowFinished();
        }
    }

    // What stays unsettled may come out otherwise where it is named again.
    private void Remember(UInt128 key, ClipVerdict verdict)
    {
        if (verdict.Fault is { } fault)
        {
            _faults.TryAdd(SeenClipRecord.KeyOf(key), fault);
        }
        else if (verdict.IsOk)
        {
            _good.Add(key);
        }
    }
}
