using System.Text.Json;

using ClipGuard.Runs;

namespace ClipGuard.Verdicts;

/// <summary>
/// Writes one file out of many of the same kind, taken in from the latest to the oldest. Of faults the latest on the same bytes stays, which all fit into
/// memory; of good clips, of which there may be any number, the first that comes, since they all say the same.
/// </summary>
internal sealed class CompactedFileWriter : IDisposable
{
    private readonly StoreFileKind _kind;
    private readonly WholeLineFile _file;
    private readonly Dictionary<string, VerdictConditions> _conditions = [];
    private readonly HashSet<string> _named = [];
    private readonly Dictionary<UInt128, StoreLine> _faults = [];
    private readonly CompactHashSet _good = new(long.MaxValue);

    /// <param name="path">The file to be made.</param>
    /// <param name="kind">What it holds.</param>
    /// <param name="writer">Who writes it.</param>
    public CompactedFileWriter(string path, StoreFileKind kind, string writer)
    {
        _kind = kind;
        _file = WholeLineFile.Open(path, 0);
        _file.Append([.. JsonSerializer.SerializeToUtf8Bytes(new StoreHeader { Holds = kind, Writer = writer }, VerdictLayout.Lines.StoreHeader), (byte)'\n']);
    }

    /// <summary>Takes a line in.</summary>
    public void Take(StoreLine line)
    {
        if (line.Are is { } are)
        {
            _conditions[line.Settings] = are;
        }
        else if (line.Identity is { } identity && _conditions.ContainsKey(line.Settings))
        {
            UInt128 key = identity.KeyUnder(line.Settings);
            if (_kind == StoreFileKind.Faults)
            {
                _faults[key] = _faults.TryGetValue(key, out StoreLine? before) && before.At >= line.At ? before : line;
            }
            else if (!_good.Contains(key))
            {
                _good.Add(key);
                Write(line);
            }
        }
    }

    /// <summary>Writes what was held back, and waits until the disk has all.</summary>
    public void Finish()
    {
        foreach (StoreLine line in _faults.Values.OrderBy(static line => line.At))
        {
            Write(line);
        }

        _file.FlushToDisk();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        _good.Dispose();
    }

    private void Write(StoreLine line)
    {
        if (_named.Add(line.Settings))
        {
            Append(new StoreLine { Settings = line.Settings, Are = _conditions[line.Settings] });
        }

        Append(line);
    }

    private void Append(StoreLine line) => _file.Append([.. JsonSerializer.SerializeToUtf8Bytes(line, VerdictLayout.Lines.StoreLine), (byte)'\n']);
}
