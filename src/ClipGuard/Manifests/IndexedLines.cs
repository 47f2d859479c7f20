using System.Globalization;
using System.Security.Cryptography;

using ClipGuard.Fetching;
using ClipGuard.Media.Native;

namespace ClipGuard.Manifests;

/// <summary>The rows of a text file, each a range of bytes.</summary>
internal sealed class IndexedLines : IndexedRows
{
    private readonly RowIndex _index;
    private readonly RandomAccessRowReader _lines;
    private readonly RandomAccessFile _file;

    private IndexedLines(string path, KeptIndex index, RandomAccessFile file, Func<ITextRowParser> newReader)
    {
        _index = index.Rows;
        _file = file;
        _lines = new RandomAccessRowReader(path, file, index.ManifestBytes, newReader);
        Fingerprint = index.Fingerprint;
    }

    public override long Count => _index.Count;

    public override string Fingerprint { get; }

    /// <summary>Says where the rows of a file are: as it is kept from an earlier time where the file is still the same, or by going through it.</summary>
    /// <param name="open">Opens the file at its start.</param>
    /// <param name="path">The same file.</param>
    /// <param name="kind">How its rows are told apart, in a word.</param>
    /// <param name="skipRows">Lines at the start that are no rows: a table's header.</param>
    /// <param name="newReader">Makes a reader for one thread.</param>
    /// <param name="options">How rows are read, and where indexes are kept.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static async Task<IndexedRows> OpenAsync(
        Func<ManifestFiles, LineReader> open,
        string path,
        string kind,
        int skipRows,
        Func<ITextRowParser> newReader,
        ManifestOptions options,
        CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        string form = string.Create(CultureInfo.InvariantCulture, $"{kind}, at most {options.MaxLineBytes} bytes");
        var files = new ManifestFiles(options);

        // What a kept index is held to is a file's: its inode and times.
        IndexCache? cache = options.IndexCacheFolder is { } folder && !Addresses.Is(path) ? new IndexCache(folder, options.IndexCacheMinBytes) : null;
        if (cache is null || options.VerifyIndex || await cache.FindAsync(path, form, cancellation).ConfigureAwait(false) is not { } index)
        {
            _ = FileFacts.OfPath(path, out FileFacts before);
            index = await BuildAsync(open(files), path, skipRows, newReader(), cancellation).ConfigureAwait(false);
            await (cache?.KeepAsync(path, form, before, index, cancellation) ?? Task.CompletedTask).ConfigureAwait(false);
        }

        RandomAccessFile file = await files.OpenPositionsAsync(path, cancellation).ConfigureAwait(false);
        return new IndexedLines(path, index, file, newReader);
    }

    private static async Task<KeptIndex> BuildAsync(
        LineReader lines, string path, int skipRows, ITextRowParser reader, CancellationToken cancellation)
    {
        using (lines)
        {
            if (lines.IsPipe)
            {
                throw new ManifestException(
                    $"The manifest {path} is no regular file and can be read only once, while its rows are read by their places: write it into a file.");
            }

            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var index = new RowIndex();
            lines.Hash = hash;
            while (await lines.FillAsync(cancellation).ConfigureAwait(false))
            {
                while (lines.TryRead(out TextLine line))
                {
                    if (!reader.HasRow(line))
                    {
                        continue;
                    }

                    if (skipRows > 0)
                    {
                        skipRows--;
                        continue;
                    }

                    index.Add(RowIndexEntry.Of(line));
                }
            }

            return new KeptIndex(index, lines.Position, Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
    }

    public override long FindLine(long line) => _index.FindLine(line);

    public override ManifestRow Read(long row) => _lines.Read(_index[row]);

    protected override void Dispose(bool disposing)
    {
        _file.Dispose();
        base.Dispose(disposing);
    }
}
