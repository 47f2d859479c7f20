using System.Globalization;

using ClipGuard.Media;

namespace ClipGuard.DryRuns;

/// <summary>
/// Looks at what comes of the first rows. Where none of them gives data, because every clip is missing or stays unsettled, it is a wrong root, a storage that
/// is not mounted or a server that does not answer, and a whole dataset must not be called bad for it. Any thread.
/// </summary>
/// <param name="count">Rows to look at; 0 for none.</param>
internal sealed class FirstRowsCheck(int count)
{
    private readonly Lock _lock = new();
    private readonly HashSet<RowInFlight> _missing = [];
    private readonly HashSet<RowInFlight> _unsettled = [];
    private volatile bool _isOver = count == 0;
    private ClipVerdict? _first;

    /// <summary>True once one of the rows has shown that nothing is broken, or where none is looked at.</summary>
    public bool IsOver => _isOver;

    /// <summary>True once that many rows have given nothing.</summary>
    public bool AreBroken { get; private set; }

    /// <summary>An earlier run has come to this verdict: where it is one, nothing is broken.</summary>
    public void TakenOver(ClipVerdict verdict) => _isOver |= !GaveNothing(verdict);

    /// <summary>Takes one clip's verdict into account; an unsettled one before it is tried again.</summary>
    /// <returns>What is likely broken, once that many rows have given nothing; otherwise null.</returns>
    public string? Add(RowInFlight row, ClipVerdict verdict)
    {
        if (_isOver)
        {
            return null;
        }

        lock (_lock)
        {
            if (!GaveNothing(verdict))
            {
                _isOver = true;
                return null;
            }

            _first ??= verdict;
            (verdict.Unsettled is null ? _missing : _unsettled).Add(row);
            AreBroken = _missing.Union(_unsettled).Count() >= count;
            return AreBroken ? Reason() : null;
        }
    }

    private static bool GaveNothing(ClipVerdict verdict) => verdict is { Unsettled: not null } or { Fault.Fault: nameof(FaultKind.Missing) };

    private string Reason()
    {
        string found = _unsettled.Count == 0 ? "are missing" : _missing.Count == 0 ? "stay unsettled" : "are missing or stay unsettled";
        string likely = _unsettled.Count == 0
            ? "is the root right (--root), and is the storage mounted"
            : _first!.Unsettled?.Cause switch
            {
                UnsettledCause.Server => "does the server answer, and let this machine in",
                UnsettledCause.Storage => "does the storage answer, and may this user read it",
                UnsettledCause.Starved or UnsettledCause.Stopped => "is the machine too busy for this deadline (--timeout)",
                UnsettledCause.Helpers => "can helpers be started here",
                _ => "is the root right (--root), and do storage and server answer",
            };
        string first = _first!.Unsettled is { } unsettled ? $"line {unsettled.Line}: {unsettled.Clip}: {unsettled.Message}"
            : $"line {_first.Fault!.Line}: {_first.Fault.Message}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"all clips of the first {count} rows {found}: {likely}? To go on all the same, --keep-going. The first of them, {first}");
    }
}
