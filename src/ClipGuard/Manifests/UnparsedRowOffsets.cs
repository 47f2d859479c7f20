namespace ClipGuard.Manifests;

/// <summary>Unparsed rows of a text file, of which only the byte offsets are kept: each is read from the file once more when it is asked for.</summary>
/// <param name="path">The file.</param>
/// <param name="index">Where they are.</param>
/// <param name="file">The file, open; it closes once none of these rows and their like is held any more.</param>
/// <param name="length">How much of it was read when the last place was noted.</param>
/// <param name="newReader">Makes a reader for one thread.</param>
internal sealed class UnparsedRowOffsets(string path, RowIndex index, RandomAccessFile file, long length, Func<ITextRowParser> newReader) : UnparsedRows
{
    private readonly RandomAccessRowReader _lines = new(path, file, length, newReader);

    public override int Count => (int)index.Count;

    public override ManifestLineReference LineOf(int row) => new(index[row].Line);

    public override ManifestRow Read(int row) => _lines.Read(index[row]);
}
