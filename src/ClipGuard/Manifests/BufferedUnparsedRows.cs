using System.Collections.Concurrent;

namespace ClipGuard.Manifests;

/// <summary>Unparsed rows of what can be read only once, kept as bytes. They are written by one thread and only then read, by any.</summary>
/// <param name="newReader">Makes a reader for one thread.</param>
internal sealed class BufferedUnparsedRows(Func<ITextRowParser> newReader) : UnparsedRows
{
    // No array is large, and growing copies nothing.
    private const int PieceBytes = 64 * 1024;

    private readonly List<byte[]> _pieces = [];
    private readonly List<LineExtent> _extents = [];
    private readonly ConcurrentBag<ITextRowParser> _readers = [];
    private int _free; // bytes at the end of the last piece

    public override int Count => _extents.Count;

    /// <summary>Copies a line.</summary>
    public void Add(TextLine line)
    {
        ReadOnlySpan<byte> raw = line.Raw.Span;
        if (_free < raw.Length)
        {
            _free = Math.Max(PieceBytes, raw.Length);
            _pieces.Add(GC.AllocateUninitializedArray<byte>(_free));
        }

        int piece = _pieces.Count - 1;
        int start = piece < 0 ? 0 : _pieces[piece].Length - _free;
        if (!raw.IsEmpty)
        {
            raw.CopyTo(_pieces[piece].AsSpan(start));
            _free -= raw.Length;
        }

        _extents.Add(new LineExtent(line.Number, line.Offset, line.Length, piece, start, raw.Length));
    }

    public override ManifestLineReference LineOf(int row) => new(_extents[row].Number);

    public override ManifestRow Read(int row)
    {
        LineExtent extent = _extents[row];
        ReadOnlyMemory<byte> raw = extent.RawLength == 0 ? default : _pieces[extent.Piece].AsMemory(extent.Start, extent.RawLength);
        if (!_readers.TryTake(out ITextRowParser? reader))
        {
            reader = newReader();
        }

        try
        {
            return reader.Read(new TextLine(extent.Number, extent.Offset, raw, extent.Length))
                ?? throw new InvalidOperationException($"Line {extent.Number} was a row when it was read, and is none now.");
        }
        finally
        {
            _readers.Add(reader);
        }
    }

    /// <summary>Where a line's bytes are, and what <see cref="TextLine"/> says of it.</summary>
    private readonly record struct LineExtent(long Number, long Offset, long Length, int Piece, int Start, int RawLength);
}
