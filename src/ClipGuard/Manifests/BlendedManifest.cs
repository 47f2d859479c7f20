using System.Runtime.CompilerServices;

namespace ClipGuard.Manifests;

/// <summary>When an epoch over a blend ends.</summary>
public enum BlendLength
{
    /// <summary>With the source that is used up first: no row comes twice.</summary>
    UntilFirstIsUsedUp,

    /// <summary>With the source that is used up last: rows of the others come several times, each row of a source once before any of it comes again.</summary>
    UntilAllAreUsedUp,
}

/// <summary>
/// Several manifests in one, mixed evenly by weight: after any number of rows, no source is a whole row ahead of its share.
/// The order of a source's rows, and which of them are taken where not all are, is a function of the seed. Row and line numbers are the source's own.
/// It needs an index of each source even to be read in order: for sources that are too large for that there is <see cref="StreamedBlend"/>.
/// </summary>
public sealed class BlendedManifest : IIndexableManifest
{
    private readonly (IIndexableManifest Manifest, double Weight)[] _sources;
    private readonly BlendLength _length;
    private readonly int _seed;

    /// <summary>A blend whose sources are opened when it is read.</summary>
    /// <param name="sources">At most 256 manifests, each with a positive weight; the weights need not add up to anything.</param>
    /// <param name="length">When an epoch ends.</param>
    /// <param name="seed">Which rows are taken, and in which order.</param>
    public BlendedManifest(
        IEnumerable<(IIndexableManifest Manifest, double Weight)> sources, BlendLength length = BlendLength.UntilFirstIsUsedUp, int seed = 0)
    {
        _sources = [.. sources];
        _length = length;
        _seed = seed;
        CheckWeights(_sources.Select(static source => source.Weight));
        Name = string.Join(" + ", _sources.Select(static source => source.Manifest.Name));
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Kind => $"a blend of {_sources.Length} manifests, {string.Join(" and ", _sources.Select(static source => source.Manifest.Kind).Distinct())}";

    /// <inheritdoc/>
    public IReadOnlyList<string> Sources => [.. _sources.SelectMany(static source => source.Manifest.Sources).Distinct()];

    /// <inheritdoc/>
    public async IAsyncEnumerable<ManifestRow> ReadRowsAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using IndexedRows rows = await IndexAsync(cancellation).ConfigureAwait(false);
        for (long row = 0; row < rows.Count; row++)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return rows.Read(row);
        }
    }

    /// <inheritdoc/>
    public async Task<IndexedRows> IndexAsync(CancellationToken cancellation = default)
    {
        var opened = new List<IndexedRows>();
        try
        {
            foreach ((IIndexableManifest manifest, _) in _sources)
            {
                opened.Add(await manifest.IndexAsync(cancellation).ConfigureAwait(false));
            }

            return new IndexedBlend(
                [.. opened], [.. _sources.Select(static source => source.Manifest.Name)], [.. _sources.Select(static source => source.Weight)], _length, _seed);
        }
        catch
        {
            opened.ForEach(static rows => rows.Dispose());
            throw;
        }
    }

    /// <inheritdoc/>
    /// <remarks>Takes an index of each source.</remarks>
    public async Task<string> FingerprintAsync(CancellationToken cancellation = default)
    {
        using IndexedRows rows = await IndexAsync(cancellation).ConfigureAwait(false);
        return rows.Fingerprint;
    }

    internal static void CheckWeights(IEnumerable<double> weights)
    {
        double[] all = [.. weights];
        if (all.Length is 0 or > 256 || all.Any(static weight => !(weight > 0) || double.IsInfinity(weight)))
        {
            throw new ArgumentException("A blend has 1 to 256 sources, each with a positive weight.", nameof(weights));
        }
    }
}
