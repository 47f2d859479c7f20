using ClipGuard.Media;

namespace ClipGuard.Verdicts;

/// <summary>
/// Gathers what goes into a snapshot: of each clip the latest verdict, where that is a fault. A clip that has other bytes now and decoded with them is not in
/// it.
/// </summary>
internal sealed class SnapshotBuilder
{
    private readonly Dictionary<string, ClipKind> _settings;
    private readonly Dictionary<string, string> _partOf = [];
    private readonly Dictionary<string, (long At, SnapshotLine Line)> _faults = [];

    /// <param name="conditions">What verdicts are to have been come to under.</param>
    public SnapshotBuilder(IReadOnlyDictionary<ClipKind, VerdictConditions> conditions)
    {
        _settings = conditions.ToDictionary(static pair => pair.Value.Id, static pair => pair.Key);
        foreach (VerdictConditions wanted in conditions.Values)
        {
            if (wanted.OfWholeClip is { } whole)
            {
                _partOf.TryAdd(whole.Id, wanted.Id);
            }
        }
    }

    /// <summary>The clips that give no data.</summary>
    public IEnumerable<SnapshotLine> Faults => _faults.Values.Select(static fault => fault.Line);

    /// <summary>Reads a store.</summary>
    /// <param name="folder">The store.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public void Read(string folder, CancellationToken cancellation)
    {
        foreach (StoreFileKind kind in new[] { StoreFileKind.Faults, StoreFileKind.Facts })
        {
            foreach (string path in StoreFiles.Find(folder, kind))
            {
                foreach (StoreLine line in StoreFileReader.ReadLines(path))
                {
                    cancellation.ThrowIfCancellationRequested();
                    Take(line);
                }
            }
        }
    }

    private void Take(StoreLine line)
    {
        if (line.Identity is not { Name: var name })
        {
            return;
        }

        bool counts = _settings.ContainsKey(line.Settings)
            || (_partOf.ContainsKey(line.Settings) && line.Fault is { Fault: FaultKind.Missing or FaultKind.Unsupported });
        if (!counts)
        {
            return;
        }

        long at = line.At ?? 0;
        bool isKnown = _faults.TryGetValue(name.Text, out (long At, SnapshotLine Line) before);
        if (line.Fault is { } fault)
        {
            if (!isKnown || before.At <= at)
            {
                _faults[name.Text] = (at, SnapshotLine.Of(name, fault.Fault));
            }
        }
        else if (isKnown && before.At < at)
        {
            _faults.Remove(name.Text);
        }
    }
}
