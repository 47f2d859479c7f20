using ClipGuard.Manifests;

namespace ClipGuard.Loading;

/// <summary>One sample of a batch before it is read.</summary>
/// <param name="Position">Its position in the epoch, by which it is the same sample on every rank and in every run.</param>
/// <param name="Rows">The rows that it and its substitutes come from.</param>
/// <param name="Row">Its own row among them.</param>
internal sealed record PlannedSample(long Position, IRowChoice Rows, long Row)
{
    /// <summary>How many rows can be tried for the sample: its own and its substitutes.</summary>
    public int RowsToTry(int substitutes) => (int)Math.Min(substitutes + 1L, Math.Max(1, Rows.Choices));

    /// <summary>Reads the sample's own row, or one of its substitutes; no two of them are the same row.</summary>
    /// <param name="seed">Of the loader.</param>
    /// <param name="epoch">0-based.</param>
    /// <param name="substitute">0 for the own row, n for the n-th substitute; below <see cref="RowsToTry"/>.</param>
    /// <param name="cancellation">Ends the wait, not a read that hangs.</param>
    public ValueTask<ManifestRow> ReadAsync(ulong seed, int epoch, int substitute, CancellationToken cancellation)
    {
        var tried = new HashSet<long> { Row };
        long row = Row;
        for (int number = 1; number <= substitute; number++)
        {
            long nth = Substitutes.Choose(seed, epoch, Position, number, Rows.Choices);
            while (!tried.Add(row = Rows.Choose(nth)))
            {
                nth = (nth + 1) % Rows.Choices;
            }
        }

        return Rows.ReadAsync(row, cancellation);
    }
}

/// <summary>Rows that can be read at any time, from any thread.</summary>
internal interface IRowChoice
{
    /// <summary>How many rows a substitute may be.</summary>
    long Choices { get; }

    /// <summary>The n-th of those rows.</summary>
    long Choose(long nth);

    /// <summary>Reads a row.</summary>
    ValueTask<ManifestRow> ReadAsync(long row, CancellationToken cancellation);

    /// <summary>Reads a row on the calling thread, for as long as that may take.</summary>
    ManifestRow Read(long row);
}
