using System.Globalization;

using ClipGuard.Fetching;

namespace ClipGuard.Manifests.Sharding;

/// <summary>One share of a manifest: a manifest whose rows are some of another's, one after the other.</summary>
public abstract class ManifestShard : IManifest, ITextManifest, IDisposable
{
    private readonly IManifest _whole;

    /// <summary>A share.</summary>
    /// <param name="whole">The manifest that it is a share of.</param>
    /// <param name="number">Which share.</param>
    /// <param name="extent">What of the manifest it is.</param>
    protected ManifestShard(IManifest whole, ShardNumber number, ShardExtent extent)
    {
        ArgumentNullException.ThrowIfNull(whole);
        number.Validate();
        _whole = whole;
        Number = number;
        Extent = extent;
    }

    /// <summary>Which share it is.</summary>
    public ShardNumber Number { get; }

    /// <summary>What of the manifest it is.</summary>
    public ShardExtent Extent { get; }

    /// <summary>The whole manifest's name.</summary>
    public string Name => _whole.Name;

    /// <inheritdoc/>
    public string Kind => $"{_whole.Kind}, shard {Number}: {Extent}";

    /// <summary>The whole manifest's sources.</summary>
    public IReadOnlyList<string> Sources => _whole.Sources;

    /// <summary>
    /// Where lines of rows are counted from the share's beginning, because nobody has counted those before it: how many lines the share has, known once its
    /// rows have been read to their end. Otherwise null, and lines are those of the whole manifest.
    /// </summary>
    public abstract long? LineCount { get; }

    /// <summary>Whether that is so of lines within a row's file too, and not only of numbers over all files.</summary>
    public virtual bool CountsLinesOfFiles => LineCount is not null;

    // Who merges shards has the manifest's name alone, by which what is at an address cannot be opened again.
    TextFormat? ITextManifest.Format => _whole is not ICopyableManifest copier ? (_whole as ITextManifest)?.Format
        : Sources.Any(Addresses.Is) ? null : TextFormat.LinesFor(copier);

    /// <summary>Opens a share of any manifest: by its own way to cut itself, or by an equal number of rows of its index.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="shard">Which share.</param>
    /// <param name="cancellation">Ends the work with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ManifestException">The manifest cannot be read at all, or has no shares.</exception>
    public static async Task<ManifestShard> OpenAsync(IManifest manifest, ShardNumber shard, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        shard.Validate();
        return manifest switch
        {
            IShardableManifest own => await own.OpenShardAsync(shard, cancellation).ConfigureAwait(false),
            IIndexableManifest indexable => new IndexedRowsShard(indexable, shard, await indexable.IndexAsync(cancellation).ConfigureAwait(false)),
            _ => throw new ManifestException($"The manifest {manifest.Name} can be read from its start alone, so that it has no shards."),
        };
    }

    /// <inheritdoc/>
    public abstract IAsyncEnumerable<ManifestRow> ReadRowsAsync(CancellationToken cancellation = default);

    /// <summary>The whole manifest's fingerprint: shares of one manifest have the same.</summary>
    /// <param name="cancellation">Ends the work with an <see cref="OperationCanceledException"/>.</param>
    public Task<string> FingerprintAsync(CancellationToken cancellation = default) => _whole.FingerprintAsync(cancellation);

    /// <summary>Closes what the share is read from.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes what the share is read from.</summary>
    /// <param name="disposing">True where it is <see cref="Dispose()"/> that calls.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}

/// <summary>What of a manifest a share is.</summary>
/// <param name="Unit">What it is counted in: <c>bytes</c>, <c>rows</c>, <c>shards</c>, …</param>
/// <param name="From">The first one.</param>
/// <param name="To">Behind the last one.</param>
public readonly record struct ShardExtent(string Unit, long From, long To)
{
    /// <summary>The unit of shares that are ranges of a file.</summary>
    public const string Bytes = "bytes";

    /// <summary>The unit of shares that are numbers of rows.</summary>
    public const string Rows = "rows";

    /// <summary>For a person: <c>bytes 0 to 1048576</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Unit} {From} to {To}");
}
