using System.Runtime.CompilerServices;

namespace ClipGuard.Manifests.Sharding;

/// <summary>A range of bytes of a text file, from the beginning of one row to the beginning of another.</summary>
/// <param name="whole">The manifest.</param>
/// <param name="number">Which share.</param>
/// <param name="extent">Its bytes.</param>
/// <param name="length">The file's length.</param>
/// <param name="open">Opens the file at the first of them.</param>
/// <param name="newReader">Makes what reads the rows.</param>
/// <param name="countsLines">Whether nobody has counted the lines before the first row, so that lines count from there.</param>
internal sealed class TextShard(
    IManifest whole, ShardNumber number, ShardExtent extent, long length, Func<LineReader> open, Func<ITextRowReader> newReader, bool countsLines)
    : ManifestShard(whole, number, extent)
{
    // At its end a file may say more than it has rows: that an array has no end.
    private readonly bool _readsToEnd = extent.To >= length;
    private long _lines;

    public override long? LineCount => countsLines ? _lines : null;

    public override async IAsyncEnumerable<ManifestRow> ReadRowsAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        _lines = 0;
        if (Extent.From == Extent.To)
        {
            yield break;
        }

        using LineReader lines = open();
        ITextRowReader rows = newReader();
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
                    yield return row;
                }
            }
        }
    }
}
