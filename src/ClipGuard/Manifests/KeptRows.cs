using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ClipGuard.Manifests;

/// <summary>The rows of an indexed manifest that are kept. 8 bytes a row stay in memory.</summary>
internal sealed class KeptRows : IndexedRows
{
    private readonly IndexedRows _rows;
    private readonly Func<long, ManifestRow, ManifestRow>? _apply;
    private readonly List<long> _kept = [];

    /// <summary>Rows of another index, which it owns.</summary>
    /// <param name="rows">The index.</param>
    /// <param name="isLeftOut">Which of its rows are no rows here.</param>
    /// <param name="apply">Makes a row, told by its number there, what it is here; null for rows as they are.</param>
    public KeptRows(IndexedRows rows, Func<long, bool> isLeftOut, Func<long, ManifestRow, ManifestRow>? apply = null)
    {
        _rows = rows;
        _apply = apply;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(rows.Fingerprint));
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        for (long row = 0; row < rows.Count; row++)
        {
            if (!isLeftOut(row))
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
        long there = _kept[checked((int)row)];
        ManifestRow read = _rows.Read(there);
        return _apply is null ? read : _apply(there, read);
    }

    /// <inheritdoc/>
    public override long FindLine(long line) => _rows.FindLine(line) is >= 0 and var row && _kept.BinarySearch(row) is >= 0 and var place ? place : -1;

    /// <inheritdoc/>
    public override IReadOnlyList<long> FindRows(IReadOnlyCollection<ManifestLine> lines) =>
        [.. _rows.FindRows(lines).Select(row => (long)_kept.BinarySearch(row)).Where(static place => place >= 0)];

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _rows.Dispose();
        base.Dispose(disposing);
    }
}
