using System.Runtime.CompilerServices;

namespace ClipGuard.Manifests.Sharding;

/// <summary>A range of bytes of a text file, from the beginning of one row to the beginning of another.</summary>
/// <param name="whole">The manifest.</param>
/// <param name="number">Which share.</param>
/// <param name="extent">Its bytes.</param>
/// <param name="length">The file's length.</param>
/// <param name="first">Where its first row may begin.</param>
/// <param name="openAt">Opens the file at such a place.</param>
/// <param name="newReader">Makes what reads the rows.</param>
/// <param name="countsLines">Whether nobody has counted the lines before the first row, so that lines count from there.</param>
internal sealed class TextShard(
    IManifest whole,
    ShardNumber number,
    ShardExtent extent,
    long length,
    RowBoundary first,
    Func<RowBoundary, LineReader> openAt,
    Func<ITextRowParser> newReader,
    bool countsLines)
    : ManifestShard(whole, number, extent), IResumableManifest
{
    // At its end a file may say more than it has rows: that an array has no end.
    private readonly bool _readsToEnd = extent.To >= length;
    private long _lines;

    public override long? LineCount => countsLines ? _lines : null;

    public override IAsyncEnumerable<ManifestRow> ReadRowsAsync(CancellationToken cancellation = default) => ReadRowsAsync(first, cancellation);

    IAsyncEnumerable<ManifestRow>? IResumableManifest.ReadRowsBehind(ManifestResumePoint position, CancellationToken cancellation) =>
        position.Next.Offset == 0 ? null : ReadRowsAsync(position.Next, cancellation);

    private async IAsyncEnumerable<ManifestRow> ReadRowsAsync(RowBoundary from, [EnumeratorCancellation] CancellationToken cancellation)
    {
        _lines = from.LinesBefore;
        if (Extent.From == Extent.To)
        {
            yield break;
        }

        using LineReader lines = openAt(from);
        ITextRowParser rows = newReader();
        while (await lines.FillAsync(cancellation).ConfigureAwait(false))
        {
            while (lines.TryRead(out TextLine line))
            {
                cancellation.ThrowIfCancellationRequested();
                if (line.Offset >= Extent.To && !_readsToEnd)
                {
                    yield break;
                }

                _lines = line.Number;
                if (rows.Read(line) is { } row)
                {
                    row.Next = lines.Next;
                    yield return row;
                }
            }
        }
    }
}
