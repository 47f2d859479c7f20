using System.Text.Json;

using ClipGuard.DryRuns.SecondOpinions;
using ClipGuard.Manifests;

namespace ClipGuard.DryRuns;

/// <summary>
/// What an earlier run that ended with unsettled clips found out about all others: a run that tries the unsettled ones alone takes it over, record by record.
/// One task reads it, with lines in ascending order.
/// </summary>
internal sealed class SettledVerdicts : IDisposable
{
    private readonly HashSet<(long Line, int Index)> _unsettled;
    private readonly StreamReader _faults;
    private readonly IEnumerator<DecodedClipRecord> _clips;
    private readonly IEnumerator<Disagreement> _disagreements;
    private bool _hasDisagreement;
    private ClipFaultRecord? _next;
    private bool _hasClip;

    private SettledVerdicts(
        HashSet<(long Line, int Index)> unsettled, StreamReader faults, IEnumerator<DecodedClipRecord> clips, IEnumerator<Disagreement> disagreements)
    {
        _unsettled = unsettled;
        _faults = faults;
        _clips = clips;
        _hasClip = clips.MoveNext();
        _disagreements = disagreements;
        _hasDisagreement = disagreements.MoveNext();
        Advance();
    }

    /// <summary>Reads what the earlier run left.</summary>
    /// <param name="faultsPath">Its <c>faults.jsonl</c>.</param>
    /// <param name="unsettledPath">Its <c>unsettled.jsonl</c>.</param>
    /// <param name="clipsPath">Its <c>clips.jsonl</c>.</param>
    /// <param name="disagreementsPath">Its <c>disagreements.jsonl</c>; there is none where no second decoder was asked.</param>
    public static SettledVerdicts Read(string faultsPath, string unsettledPath, string clipsPath, string disagreementsPath)
    {
        HashSet<(long, int)> unsettled =
        [
            .. File.ReadLines(unsettledPath)
                .Select(static line => JsonSerializer.Deserialize(line, RecordLayout.Lines.UnsettledRecord)!)
                .Select(static record => (record.Line, record.Index)),
        ];
        IEnumerable<Disagreement> disagreements = File.Exists(disagreementsPath) ? DryRunFiles.ReadDisagreements(disagreementsPath) : [];
        return new SettledVerdicts(
            unsettled, new StreamReader(faultsPath), DryRunFiles.ReadClips(clipsPath).GetEnumerator(), disagreements.GetEnumerator());
    }

    /// <summary>The earlier run's verdict on a clip; null for one that it left unsettled. Asked for each clip once, in the manifest's order.</summary>
    public ClipVerdict? Find(SampleRow row, int index) => _unsettled.Contains((row.Line, index)) ? null
        : FindVerdict(row, index) with { Second = FindDisagreement(row.Line, index) };

    private ClipVerdict FindVerdict(SampleRow row, int index)
    {
        while (_next is not null && _next.Line < row.Line)
        {
            Advance();
        }

        ClipReference clip = row.Sample.Clips[index];
        if (_next?.Line == row.Line && _next.Clip == clip.AsWritten)
        {
            var faulty = new ClipVerdict(clip) { Fault = _next, IsEarlier = true };
            Advance();
            return faulty;
        }

        while (_hasClip && (_clips.Current.Line, _clips.Current.Index).CompareTo((row.Line, index)) < 0)
        {
            _hasClip = _clips.MoveNext();
        }

        // A good clip without a record was named before.
        return _hasClip && (_clips.Current.Line, _clips.Current.Index) == (row.Line, index)
            ? _clips.Current.ToVerdict(clip)
            : new ClipVerdict(clip) { IsEarlier = true, IsRepeat = true };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _faults.Dispose();
        _clips.Dispose();
        _disagreements.Dispose();
    }

    private SecondOpinion? FindDisagreement(long line, int index)
    {
        while (_hasDisagreement && (_disagreements.Current.Line, _disagreements.Current.Index).CompareTo((line, index)) < 0)
        {
            _hasDisagreement = _disagreements.MoveNext();
        }

        return _hasDisagreement && (_disagreements.Current.Line, _disagreements.Current.Index) == (line, index)
            ? new SecondOpinion(_disagreements.Current.Format) { Disagreement = _disagreements.Current, IsCounted = true }
            : null;
    }

    // Lines that are no samples are found out anew from the manifest itself.
    private void Advance()
    {
        _next = null;
        while (_next is null && _faults.ReadLine() is { } line)
        {
            using var document = JsonDocument.Parse(line);
            if (document.RootElement.TryGetProperty("clip", out _))
            {
                _next = document.Deserialize(RecordLayout.Lines.ClipFaultRecord);
            }
        }
    }
}
