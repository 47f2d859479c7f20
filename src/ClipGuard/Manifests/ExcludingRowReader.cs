namespace ClipGuard.Manifests;

/// <summary>Reads rows without those that a list names, and parses none but the first of these.</summary>
/// <param name="rows">Reads the rows.</param>
/// <param name="exclusion">What is left out.</param>
/// <param name="manifest">The manifest's name.</param>
/// <param name="onEnd">Told at the manifest's end how many rows were left out; null for nobody.</param>
internal sealed class ExcludingRowReader(IUnparsedRowReader rows, ResolvedExclusions exclusion, string manifest, Action<long>? onEnd) : IUnparsedRowReader
{
    // To notice that they are not those that the list means.
    private const int ParsedRows = 16;

    private long _leftOut;
    private bool _isOver;

    public async ValueTask<UnparsedRows> ReadAsync(int most, CancellationToken cancellation)
    {
        var left = new UnparsedRowSubset();
        while (left.Count < most && !_isOver)
        {
            int wanted = most - left.Count;
            UnparsedRows read = await rows.ReadAsync(wanted, cancellation).ConfigureAwait(false);
            for (int row = 0; row < read.Count; row++)
            {
                if (!LeavesOut(read, row))
                {
                    left.Add(read, row);
                }
            }

            if (read.Count < wanted)
            {
                _isOver = true;
                onEnd?.Invoke(_leftOut);
            }
        }

        return left;
    }

    public async ValueTask<long> SkipAsync(long most, CancellationToken cancellation)
    {
        const int PieceRows = 4096;
        long skipped = 0;
        while (skipped < most && !_isOver)
        {
            skipped += (await ReadAsync((int)Math.Min(PieceRows, most - skipped), cancellation).ConfigureAwait(false)).Count;
        }

        return skipped;
    }

    public ValueTask DisposeAsync() => rows.DisposeAsync();

    private bool LeavesOut(UnparsedRows read, int row)
    {
        if (!exclusion.Contains(read.LocationOf(row, manifest)))
        {
            return false;
        }

        if (_leftOut < ParsedRows)
        {
            _ = exclusion.Contains(read.Read(row));
        }

        _leftOut++;
        return true;
    }
}
