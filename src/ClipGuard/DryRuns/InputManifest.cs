using ClipGuard.Manifests;
using ClipGuard.Manifests.Sharding;

namespace ClipGuard.DryRuns;

/// <summary>The manifest of a dry run: what the user named, and of it the rows that are read, without those that a list leaves out.</summary>
internal sealed class InputManifest
{
    private readonly ExcludingManifest? _excluding;

    /// <param name="whole">What the user named, which may be one shard of a manifest.</param>
    /// <param name="excluded">The rows that are left out; null for none.</param>
    /// <exception cref="ManifestException">The list names none of the manifest's sources, or one of them may be several.</exception>
    public InputManifest(IManifest whole, ExclusionList? excluded)
    {
        Whole = whole;
        Shard = whole as ManifestShard;
        Format = TextFormat.Of(whole);
        Exclusion = excluded is null ? null : ResolvedExclusions.Of(excluded, whole);
        _excluding = Exclusion is null ? null : new ExcludingManifest(whole, Exclusion);
        Rows = _excluding ?? whole;
    }

    /// <summary>With the rows that are left out.</summary>
    public IManifest Whole { get; }

    /// <summary>Without them.</summary>
    public IManifest Rows { get; }

    /// <summary>The part that this run reads; null where it reads all.</summary>
    public ManifestShard? Shard { get; }

    /// <summary>How it is written; null where its rows are no text.</summary>
    public TextFormat? Format { get; }

    /// <summary>The rows that are left out; null for none.</summary>
    public ResolvedExclusions? Exclusion { get; }

    /// <summary>Rows that were left out so far.</summary>
    public long LeftOut => _excluding?.LeftOut ?? 0;

    /// <summary>Counts the lines before a shard, where its rows are left out by lines of their whole file. Before the first row is read.</summary>
    /// <param name="options">Where files lie.</param>
    /// <param name="cancellation">Ends the counting.</param>
    public async Task CountLinesBeforeAsync(ManifestOptions options, CancellationToken cancellation)
    {
        if (_excluding is not null && Shard is { CountsLinesOfFiles: true } shard)
        {
            var files = new ManifestFiles(options);
            _excluding.LinesBefore = await Task.Run(() => LineRangeSplitter.CountLines(shard.Name, files, shard.Extent.From, cancellation), cancellation)
                .ConfigureAwait(false);
        }
    }

    /// <summary>Rows that the list names and that did not come, once the whole manifest was read; 0 for a part of it, which has not all of them.</summary>
    /// <param name="isRead">Whether all of it was read.</param>
    public long CountNotFound(bool isRead) =>
        !isRead || Shard is not null || Exclusion?.Unmet(LeftOut) is null ? 0 : Exclusion.Count - LeftOut;

    /// <summary>How much there is to read.</summary>
    /// <param name="identity">The manifest's length, where it is known.</param>
    public ShardExtent ExtentOf(ManifestIdentity? identity) => Shard is not null ? Shard.Extent
        : new ShardExtent(ShardExtent.Bytes, 0, identity is { Files: 1 } ? identity.Bytes : 0);
}
