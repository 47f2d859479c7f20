using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;

using ClipGuard.Media.Native;

using Microsoft.Win32.SafeHandles;

namespace ClipGuard.Manifests;

/// <summary>The rows of a text file, each a range of bytes.</summary>
internal sealed class IndexedLines : IndexedRows
{
    private readonly string _path;
    private readonly RowIndex _index;
    private readonly SafeFileHandle _file;
    private readonly long _length;
    private readonly Func<ITextRowReader> _newReader;
    private readonly ConcurrentBag<ITextRowReader> _readers = [];

    private IndexedLines(string path, RowIndex index, SafeFileHandle file, long length, string fingerprint, Func<ITextRowReader> newReader)
    {
        _path = path;
        _index = index;
        _file = file;
        _length = length;
        _newReader = newReader;
        Fingerprint = fingerprint;
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
        Func<LineReader> open, string path, string kind, int skipRows, Func<ITextRowReader> newReader, ManifestOptions options, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        string form = string.Create(CultureInfo.InvariantCulture, $"{kind}, at most {options.MaxLineBytes} bytes");
        IndexCache? cache = options.IndexCacheFolder is { } folder ? new IndexCache(folder, options.IndexCacheMinBytes) : null;
        if (cache is null || options.VerifyIndex || await cache.FindAsync(path, form, cancellation).ConfigureAwait(false) is not { } index)
        {
            _ = FileFacts.OfPath(path, out FileFacts before);
            index = await BuildAsync(open(), path, skipRows, newReader(), cancellation).ConfigureAwait(false);
            await (cache?.KeepAsync(path, form, before, index, cancellation) ?? Task.CompletedTask).ConfigureAwait(false);
        }

        return new IndexedLines(path, index.Rows, File.OpenHandle(path, share: FileShare.ReadWrite), index.ManifestBytes, index.Fingerprint, newReader);
    }

    private static async Task<KeptIndex> BuildAsync(
        LineReader lines, string path, int skipRows, ITextRowReader reader, CancellationToken cancellation)
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

                    int length = line.IsTooLong ? -(int)Math.Min(line.Length, int.MaxValue) : line.Raw.Length;
                    index.Add(new RowAddress(line.Offset, length, checked((int)line.Number)));
                }
            }

            return new KeptIndex(index, lines.Position, Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
    }

    public override long FindLine(long line) => _index.FindLine(line);

    public override ManifestRow Read(long row)
    {
        RowAddress address = _index[row];
        if (!_readers.TryTake(out ITextRowReader? reader))
        {
            reader = _newReader();
        }

        try
        {
            return address.Length < 0
                ? reader.Read(new TextLine(address.Line, address.Offset, default, -address.Length))!
                : reader.Read(Load(address, reader)) ?? throw Changed();
        }
        finally
        {
            _readers.Add(reader);
        }
    }

    protected override void Dispose(bool disposing)
    {
        _file.Dispose();
        base.Dispose(disposing);
    }

    private TextLine Load(RowAddress address, ITextRowReader reader)
    {
        byte[] raw = new byte[address.Length];
        int filled = 0;
        while (filled < raw.Length)
        {
            int read = RandomAccess.Read(_file, raw.AsSpan(filled), address.Offset + filled);
            if (read == 0)
            {
                throw Changed();
            }

            filled += read;
        }

        // In the file that was indexed every line ends as it should, except possibly the last one. Where this one does not, the file has changed.
        bool endsAsBefore = address.Offset + raw.Length == _length || reader.EndsWith(raw[^1]);
        return endsAsBefore ? TextLine.Of(address.Line, address.Offset, raw) : throw Changed();
    }

    private ManifestException Changed() => new($"The manifest {_path} has changed since it was indexed; start again with the new one.");
}
