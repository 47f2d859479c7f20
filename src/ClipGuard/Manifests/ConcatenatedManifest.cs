using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace ClipGuard.Manifests;

/// <summary>
/// Several manifests, one after the other, as one. The line of a row is its 1-based number over all of them, and what is said of a bad row tells its line in
/// its own manifest. Rows are text where those of all manifests are and are read from one folder, so that relative paths in them keep their meaning.
/// </summary>
public sealed class ConcatenatedManifest : IIndexableManifest, ITextManifest, IUnparsedRowManifest, IResumableManifest
{
    private readonly IIndexableManifest[] _parts;

    /// <summary>A sequence whose manifests are opened when they are read.</summary>
    /// <param name="name">What it is called in reports.</param>
    /// <param name="parts">The manifests in their order.</param>
    public ConcatenatedManifest(string name, IEnumerable<IIndexableManifest> parts)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        _parts = [.. parts];
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Kind => $"{_parts.Length} manifests one after the other, {string.Join(" and ", _parts.Select(static part => part.Kind).Distinct())}";

    /// <summary>The manifests in their order.</summary>
    internal IReadOnlyList<IIndexableManifest> Parts => _parts;

    /// <inheritdoc/>
    public IReadOnlyList<string> Sources => [.. _parts.SelectMany(static part => part.Sources).Distinct()];

    TextFormat? ITextManifest.Format =>
        _parts.All(static part => (part as ITextManifest)?.Format == JsonLinesManifest.LinesOfJson)
            && _parts.Select(static part => Path.GetDirectoryName(part.Name)).Distinct(StringComparer.Ordinal).Count() == 1
            ? JsonLinesManifest.LinesOfJson
            : null;

    /// <inheritdoc/>
    public IAsyncEnumerable<ManifestRow> ReadRowsAsync(CancellationToken cancellation = default) => ReadRowsAsync(0, null, 0, cancellation);

    // Of shards the numbers over this sequence are known, and not those over their own manifest.
    IAsyncEnumerable<ManifestRow>? IResumableManifest.ReadRowsBehind(ManifestResumePoint position, CancellationToken cancellation)
    {
        int part = Array.FindIndex(_parts, part => part.Sources.Contains(position.Location.Source));
        return part >= 0 && _parts[part] is not TarManifest
            && (_parts[part] as IResumableManifest)?.ReadRowsBehind(position, cancellation) is { } rest
            ? ReadRowsAsync(part, rest, position.Rows + position.LeftOut, cancellation)
            : null;
    }

    private async IAsyncEnumerable<ManifestRow> ReadRowsAsync(
        int firstPart, IAsyncEnumerable<ManifestRow>? firstRows, long line, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (IIndexableManifest part in _parts.Skip(firstPart))
        {
            await foreach (ManifestRow row in (firstRows ?? part.ReadRowsAsync(cancellation)).ConfigureAwait(false))
            {
                yield return Renumber(row, ++line, part.Name);
            }

            firstRows = null;
        }
    }

    /// <inheritdoc/>
    public async Task<IndexedRows> IndexAsync(CancellationToken cancellation = default)
    {
        var opened = new List<IndexedRows>();
        try
        {
            foreach (IIndexableManifest part in _parts)
            {
                opened.Add(await part.IndexAsync(cancellation).ConfigureAwait(false));
            }

            return new IndexedSequence([.. opened], [.. _parts.Select(static part => part.Name)]);
        }
        catch
        {
            opened.ForEach(static rows => rows.Dispose());
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<string> FingerprintAsync(CancellationToken cancellation = default)
    {
        var all = new List<string>();
        foreach (IIndexableManifest part in _parts)
        {
            all.Add(await part.FingerprintAsync(cancellation).ConfigureAwait(false));
        }

        return FingerprintOf(all);
    }

    IUnparsedRowReader IUnparsedRowManifest.ReadUnparsed() => new ConcatenatedManifestReader(_parts, Renumber);

    private static string FingerprintOf(IEnumerable<string> parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(';', parts))));

    // The last line of a file may have no ending, and another row follows it here.
    private static ReadOnlyMemory<byte> WithLineEnding(ReadOnlyMemory<byte> raw) =>
        raw.IsEmpty || raw.Span.EndsWith((byte)'\n') ? raw : (byte[])[.. raw.Span, (byte)'\n'];

    /// <summary>A row of one of several manifests.</summary>
    /// <param name="row">The row as its own manifest has it.</param>
    /// <param name="line">Its number over all of them.</param>
    /// <param name="name">Its manifest's name.</param>
    internal static ManifestRow Renumber(ManifestRow row, long line, string name) => row switch
    {
        BadRow bad => bad with { Line = line, Location = row.LocationIn(name), Found = $"{bad.Found} in line {bad.Line} of {name}" },
        SampleRow sample => sample with { Line = line, Location = row.LocationIn(name), Raw = WithLineEnding(sample.Raw) },
        _ => row with { Line = line, Location = row.LocationIn(name) },
    };

    private sealed class IndexedSequence : IndexedRows
    {
        private readonly IndexedRows[] _parts;
        private readonly string[] _names;
        private readonly long[] _ends;

        public IndexedSequence(IndexedRows[] parts, string[] names)
        {
            _parts = parts;
            _names = names;
            _ends = new long[parts.Length];
            for (int part = 0; part < parts.Length; part++)
            {
                Count += parts[part].Count;
                _ends[part] = Count;
            }

            Fingerprint = FingerprintOf(parts.Select(static part => part.Fingerprint));
        }

        public override long Count { get; }

        public override string Fingerprint { get; }

        public override long FindLine(long line) => line >= 1 && line <= Count ? line - 1 : -1;

        public override ManifestRow Read(long row)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)row, (ulong)Count, nameof(row));

            // The first part that ends behind the row; parts without rows end where the one before them does.
            int part = Array.BinarySearch(_ends, row + 1);
            part = part < 0 ? ~part : part;
            while (part > 0 && _ends[part - 1] > row)
            {
                part--;
            }

            long before = part == 0 ? 0 : _ends[part - 1];
            return Renumber(_parts[part].Read(row - before), row + 1, _names[part]);
        }

        internal override IEnumerable<long> FindRows(ResolvedExclusions exclusion, string source) =>
            _parts.SelectMany((part, number) => part.FindRows(exclusion, _names[number]).Select(row => row + (number == 0 ? 0 : _ends[number - 1])));

        protected override void Dispose(bool disposing)
        {
            foreach (IndexedRows part in _parts)
            {
                part.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
