using ClipGuard.Manifests;
using ClipGuard.Verdicts;

namespace ClipGuard.Loading;

/// <summary>
/// Which rows of a manifest a snapshot leaves out: those with a clip that it has, and those that give no sample whatever their clips are. It follows from the
/// manifest, the snapshot and the options alone, so that every rank leaves out the same. No clip's file is looked at.
/// </summary>
internal sealed class SnapshotExclusion
{
    private SnapshotExclusion(string id, long[] rows, HashSet<ManifestLineReference> lines)
    {
        Id = id;
        Rows = rows;
        Lines = lines;
    }

    /// <summary>The snapshot's id.</summary>
    public string Id { get; }

    /// <summary>Rows of the index, ascending; empty where there is none.</summary>
    public long[] Rows { get; }

    /// <summary>Lines of the manifest; empty where it is indexed.</summary>
    public IReadOnlySet<ManifestLineReference> Lines { get; }

    /// <summary>Goes through a manifest.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="index">Its index; null where it is read from start to end.</param>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="naming">What clips are called in it.</param>
    /// <param name="options">Which kinds of clips are decoded, and how many a sample may have.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static async Task<SnapshotExclusion> FindAsync(
        IManifest manifest, IndexedRows? index, VerdictSnapshot snapshot, PortableClipNaming naming, LoaderOptions options, CancellationToken cancellation)
    {
        bool IsLeftOut(ManifestRow row) => row is not SampleRow { Sample: var sample }
            || sample.Clips.Any(clip => options.SpecOf(clip.Kind) is not null && (clip.Refusal is not null || snapshot.Has(naming.Of(clip))))
            || (options.ClipsPerSample is { } most && ClipCountLimit.FirstOver(most, sample, kind => options.SpecOf(kind) is not null) is not null);

        var lines = new HashSet<ManifestLineReference>();
        if (index is not null)
        {
            long[] rows = await AbandonableRead.RunAsync(() => Task.FromResult(FindRows(index, IsLeftOut, cancellation)), cancellation).ConfigureAwait(false);
            return new SnapshotExclusion(snapshot.Id, rows, lines);
        }

        await AbandonableRead.RunAsync(
            async () =>
            {
                await foreach (ManifestRow row in manifest.ReadRowsAsync(cancellation).ConfigureAwait(false))
                {
                    if (IsLeftOut(row))
                    {
                        lines.Add(new ManifestLineReference(row.Line, row.Origin));
                    }
                }

                return lines;
            },
            cancellation).ConfigureAwait(false);
        return new SnapshotExclusion(snapshot.Id, [], lines);
    }

    private static long[] FindRows(IndexedRows index, Func<ManifestRow, bool> isLeftOut, CancellationToken cancellation)
    {
        var rows = new List<long>();
        for (long row = 0; row < index.Count; row++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (isLeftOut(index.Read(row)))
            {
                rows.Add(row);
            }
        }

        return [.. rows];
    }
}
