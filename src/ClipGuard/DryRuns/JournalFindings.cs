using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.DryRuns;

/// <summary>What an interrupted run has written into its journal beyond the rows that it has recorded. Each clip is asked for once, by one task.</summary>
internal sealed class JournalFindings
{
    private readonly Dictionary<(long Line, int Index), JournalEntry> _entries = [];

    /// <summary>Clips with a verdict that were not asked for yet.</summary>
    public int Verdicts { get; private set; }

    /// <summary>Adds an entry. A verdict takes the place of a first failure, and no failure that of a verdict.</summary>
    public void Add(JournalEntry entry)
    {
        (long, int) key = (entry.Line, entry.Index);
        if (_entries.TryGetValue(key, out JournalEntry? before) && before.Verdict != JournalVerdict.FailedOnce)
        {
            return;
        }

        _entries[key] = entry;
        Verdicts += entry.Verdict == JournalVerdict.FailedOnce ? 0 : 1;
    }

    /// <summary>The verdict on a clip, or null; then <paramref name="firstFailure"/> is the failure that it had before, or null too.</summary>
    public ClipVerdict? Take(long line, int index, ClipReference clip, out ClipFault? firstFailure)
    {
        firstFailure = null;
        if (!_entries.Remove((line, index), out JournalEntry? entry))
        {
            return null;
        }

        if (entry.Verdict == JournalVerdict.FailedOnce)
        {
            firstFailure = entry.Fault is { } failure && Enum.TryParse(failure.Fault, out FaultKind kind)
                ? new ClipFault(kind, failure.Stage, failure.Message, new PostMortem())
                : null;
            return null;
        }

        Verdicts--;
        return new ClipVerdict(clip)
        {
            Elapsed = entry.ElapsedSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Fault = entry.Fault,
            Facts = entry.Facts,
            Damage = entry.Damage,
            Second = entry.Second,
            IsEarlier = true,
        };
    }
}
