using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace ClipGuard.Manifests;

/// <summary>
/// Several manifests in one, mixed evenly by weight as in a <see cref="BlendedManifest"/>, but each is read from its start and not indexed: for sources
/// that are too large for an index or have none, with <see cref="Loading.ShuffleMode.Windowed"/>. Line numbers are the source's own. Where not all rows
/// of a source are taken, the first ones are.
/// </summary>
public sealed class StreamedBlend : IManifest
{
    private readonly (IManifest Manifest, double Weight)[] _sources;
    private readonly BlendLength _length;

    /// <summary>A blend whose sources are opened when it is read.</summary>
    /// <param name="sources">At most 256 manifests, each with a positive weight; the weights need not add up to anything.</param>
    /// <param name="length">When an epoch ends.</param>
    public StreamedBlend(IEnumerable<(IManifest Manifest, double Weight)> sources, BlendLength length = BlendLength.UntilFirstIsUsedUp)
    {
        _sources = [.. sources];
        _length = length;
        BlendedManifest.CheckWeights(_sources.Select(static source => source.Weight));
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
        var order = new WeightedRoundRobin([.. _sources.Select(static source => source.Weight)]);
        var sources = new List<Source>();
        try
        {
            foreach ((IManifest manifest, _) in _sources)
            {
                sources.Add(new Source(manifest));
                await sources[^1].BeginAsync(cancellation).ConfigureAwait(false);
            }

            if (_length == BlendLength.UntilAllAreUsedUp && sources.Find(static source => source.IsUsedUp) is { } empty)
            {
                throw new ManifestException($"A blend cannot go on until {empty.Name} is used up, which has no rows.");
            }

            while (!IsOver(sources))
            {
                Source source = sources[order.Next()];
                if (source.Next is null && _length == BlendLength.UntilAllAreUsedUp)
                {
                    await source.BeginAsync(cancellation).ConfigureAwait(false);
                }

                if (source.Next is not { } row)
                {
                    yield break;
                }

                yield return row with { Origin = source.Name, Location = row.LocationIn(source.Name) };
                await source.MoveAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            foreach (Source source in sources)
            {
                await source.EndAsync().ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public async Task<string> FingerprintAsync(CancellationToken cancellation = default)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((IManifest manifest, double weight) in _sources)
        {
            string content = await manifest.FingerprintAsync(cancellation).ConfigureAwait(false);
            hash.AppendData(Encoding.UTF8.GetBytes($"{content}\0{weight.ToString("R", CultureInfo.InvariantCulture)}\0"));
        }

        hash.AppendData(Encoding.UTF8.GetBytes(_length.ToString()));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private bool IsOver(List<Source> sources) => _length == BlendLength.UntilAllAreUsedUp && sources.TrueForAll(static source => source.IsUsedUp);

    /// <summary>One source, read one row ahead, so that it is known to be used up as soon as its last row was taken.</summary>
    private sealed class Source(IManifest manifest)
    {
        private IAsyncEnumerator<ManifestRow>? _rows;

        public string Name => manifest.Name;

        public ManifestRow? Next { get; private set; }

        /// <summary>Whether its last row has been taken, in this pass over it or an earlier one.</summary>
        public bool IsUsedUp { get; private set; }

        public async Task BeginAsync(CancellationToken cancellation)
        {
            await EndAsync().ConfigureAwait(false);
            _rows = manifest.ReadRowsAsync(cancellation).GetAsyncEnumerator(cancellation);
            await MoveAsync().ConfigureAwait(false);
        }

        public async Task MoveAsync()
        {
            Next = await _rows!.MoveNextAsync().ConfigureAwait(false) ? _rows.Current : null;
            IsUsedUp |= Next is null;
        }

        public async Task EndAsync()
        {
            if (_rows is not null)
            {
                await _rows.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
