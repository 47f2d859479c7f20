using System.Text;
using System.Text.Json;

using ClipGuard.Manifests;

namespace ClipGuard.DryRuns;

/// <summary>
/// What an earlier run that ended with unsettled clips found out about all others: a run that tries the unsettled ones alone takes it over, record by record.
/// One task reads it, with lines in ascending order.
/// </summary>
internal sealed class KnownVerdicts : IDisposable
{
    private readonly HashSet<(long Line, int Index)> _unsettled;
    private readonly StreamReader _faults;
    private ClipFaultRecord? _next;
    private string _nextText = string.Empty;

    private KnownVerdicts(HashSet<(long Line, int Index)> unsettled, StreamReader faults)
    {
        _unsettled = unsettled;
        _faults = faults;
        Advance();
    }

    /// <summary>Reads what the earlier run left.</summary>
    /// <param name="faultsPath">Its <c>faults.jsonl</c>.</param>
    /// <param name="unsettledPath">Its <c>unsettled.jsonl</c>.</param>
    public static KnownVerdicts Read(string faultsPath, string unsettledPath)
    {
        HashSet<(long, int)> unsettled =
        [
            .. File.ReadLines(unsettledPath)
                .Select(static line => JsonSerializer.Deserialize(line, RecordLayout.Lines.UnsettledRecord)!)
                .Select(static record => (record.Line, record.Index)),
        ];
        return new KnownVerdicts(unsettled, new StreamReader(faultsPath));
    }

    /// <summary>Whether a clip has no verdict yet.</summary>
    public bool IsUnsettled(long line, int index) => _unsettled.Contains((line, index));

    /// <summary>The earlier run's records of a row's faulty clips, in the row's order.</summary>
    public IReadOnlyList<KnownFault> FaultsOf(SampleRow row)
    {
        while (_next is not null && _next.Line < row.Line)
        {
            Advance();
        }

        var found = new List<KnownFault>();
        for (int index = 0; index < row.Sample.Clips.Count && _next?.Line == row.Line; index++)
        {
            if (!IsUnsettled(row.Line, index) && row.Sample.Clips[index].AsWritten == _next.Clip)
            {
                found.Add(new KnownFault(index, _next.Fault, Encoding.UTF8.GetBytes(_nextText)));
                Advance();
            }
        }

        return found;
    }

    /// <inheritdoc/>
    public void Dispose() => _faults.Dispose();

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
                _nextText = line;
            }
        }
    }
}

/// <summary>A clip that got a fault in an earlier run.</summary>
/// <param name="Index">Which of the row's clips.</param>
/// <param name="Fault">The fault's name.</param>
/// <param name="Record">Its record as it stood, without the line's end.</param>
internal sealed record KnownFault(int Index, string Fault, byte[] Record);
