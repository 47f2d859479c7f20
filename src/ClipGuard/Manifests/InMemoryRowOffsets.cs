using System.Diagnostics.CodeAnalysis;

using ClipGuard.Media.Native;

namespace ClipGuard.Manifests;

/// <summary>
/// Where the rows of a file are, as whoever read it first has noted piece by piece: a later epoch reads the same pieces and need not go through the file
/// again, as long as that is the same. Two to three bytes a row, up to a limit; what lies behind it is read each time. Any number of threads.
/// </summary>
internal sealed class InMemoryRowOffsets
{
    // Of some 25 million rows.
    private const long MostBytes = 64 << 20;

    private readonly Lock _lock = new();
    private readonly List<CachedRowOffsets> _pieces = [];
    private FileFacts? _file;
    private RowReaderChoice? _choice;
    private long _rows;
    private long _bytes;
    private int _version;

    private bool IsWhole => _pieces is [.., { IsLast: true }];

    /// <summary>Begins with a file, of which everything is forgotten where it is another one now.</summary>
    /// <param name="path">The file.</param>
    /// <param name="version">Tells one content of the file from the next.</param>
    /// <returns>What reads its rows, where that is known; otherwise null.</returns>
    public RowReaderChoice? Begin(string path, out int version)
    {
        FileFacts? now = FileFacts.OfPath(path, out FileFacts facts) is null && facts.WhyNotRegular is null ? facts : null;
        lock (_lock)
        {
            if (now is null || now != _file)
            {
                _pieces.Clear();
                (_file, _choice, _rows, _bytes) = (now, null, 0, 0);
                _version++;
            }

            version = _version;
            return _choice;
        }
    }

    /// <summary>The rows from one on, where so many were noted together.</summary>
    /// <param name="firstRow">The first row, from 0.</param>
    /// <param name="most">How many are wanted; the file's last piece may have fewer.</param>
    /// <param name="piece">The rows.</param>
    public bool TryFind(long firstRow, long most, [NotNullWhen(true)] out CachedRowOffsets? piece)
    {
        lock (_lock)
        {
            int low = 0;
            int high = _pieces.Count - 1;
            while (low <= high)
            {
                int middle = (low + high) / 2;
                piece = _pieces[middle];
                if (piece.FirstRow == firstRow)
                {
                    return piece.Rows.Count == most || (piece.Rows.Count < most && piece.IsLast);
                }

                (low, high) = piece.FirstRow < firstRow ? (middle + 1, high) : (low, middle - 1);
            }
        }

        piece = null;
        return false;
    }

    /// <summary>Takes rows that were read, if they follow those that are noted.</summary>
    /// <param name="piece">The rows.</param>
    /// <param name="choice">What reads them.</param>
    /// <param name="version">What of the file they are rows of.</param>
    public void Add(CachedRowOffsets piece, RowReaderChoice choice, int version)
    {
        piece.Rows.Trim();
        lock (_lock)
        {
            if (_file is not null && version == _version && piece.FirstRow == _rows && !IsWhole && _bytes + piece.Rows.HeldBytes <= MostBytes)
            {
                _choice = choice;
                _pieces.Add(piece);
                _rows += piece.Rows.Count;
                _bytes += piece.Rows.HeldBytes;
            }
        }
    }
}

/// <summary>Rows that were read together.</summary>
/// <param name="FirstRow">The first of them, from 0.</param>
/// <param name="Rows">Where they are.</param>
/// <param name="FilePosition">How much of the file was read then.</param>
/// <param name="IsLast">Whether no row follows.</param>
internal sealed record CachedRowOffsets(long FirstRow, RowIndex Rows, long FilePosition, bool IsLast);
