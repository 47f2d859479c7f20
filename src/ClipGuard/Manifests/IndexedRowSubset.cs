using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ClipGuard.Manifests;

/// <summary>Some of the rows of another index. 8 bytes a row stay in memory.</summary>
internal sealed class IndexedRowSubset : IndexedRows
{
    private readonly IndexedRows _rows;
    private readonly Func<long, ManifestRow, ManifestRow>? _project;
    private readonly List<long> _kept = [];

    /// <summary>Rows of another index.</summary>
    /// <param name="rows">The index; it is disposed with this one.</param>
    /// <param name="isExcluded">True for numbers of rows that are not kept.</param>
    /// <param name="project">Changes a row that is read, given its number in <paramref name="rows"/> and the row itself; null for no change.</param>
    public IndexedRowSubset(IndexedRows rows, Func<long, bool> isExcluded, Func<long, ManifestRow, ManifestRow>? project = null)
    {
        _rows = rows;
        _project = project;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(rows.Fingerprint));
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        for (long row = 0; row < rows.Count; row++)
        {
            if (!isExcluded(row))
            {
                _kept.Add(row);
                BinaryPrimitives.WriteInt64LittleEndian(bytes, row);
                hash.AppendData(bytes);
            }
        }

        _kept.TrimExcess();
        Fingerprint = Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <inheritdoc/>
    public override long Count => _kept.Count;

    /// <inheritdoc/>
    public override string Fingerprint { get; }

    /// <inheritdoc/>
    public override ManifestRow Read(long row)
    {
        long innerRow = _kept[checked((int)row)];
        ManifestRow read = _rows.Read(innerRow);
        return _project is null ? read : _project(innerRow, read);
    }

    /// <inheritdoc/>
    public override long FindLine(long line) => _rows.FindLine(line) is >= 0 and var innerRow && _kept.BinarySearch(innerRow) is >= 0 and var row ? row : -1;

    /// <inheritdoc/>
    public override IReadOnlyList<long> FindRows(IReadOnlyCollection<ManifestLineReference> lines) =>
        [.. _rows.FindRows(lines).Select(innerRow => (long)_kept.BinarySearch(innerRow)).Where(static row => row >= 0)];

    /// <inheritdoc/>
    internal override IEnumerable<long> FindRows(ResolvedExclusions exclusion, string source) =>
        _rows.FindRows(exclusion, source).Select(innerRow => (long)_kept.BinarySearch(innerRow)).Where(static row => row >= 0);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _rows.Dispose();
        base.Dispose(disposing);
    }
}
