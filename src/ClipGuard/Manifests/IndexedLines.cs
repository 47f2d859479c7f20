using System.Collections.Concurrent;
using System.Security.Cryptography;

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

    /// <summary>Notes where the rows of a file are.</summary>
    /// <param name="lines">The file, at its start; read to its end and closed.</param>
    /// <param name="path">The same file.</param>
    /// <param name="skipRows">Lines at the start that are no rows: a table's header.</param>
    /// <param name="newReader">Makes a reader for one thread.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static async Task<IndexedRows> BuildAsync(
        LineReader lines, string path, int skipRows, Func<ITextRowReader> newReader, CancellationToken cancellation)
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
            ITextRowReader reader = newReader();
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

            SafeFileHandle file = File.OpenHandle(path, share: FileShare.ReadWrite);
            return new IndexedLines(path, index, file, lines.Position, Convert.ToHexStringLower(hash.GetHashAndReset()), newReader);
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
