using ClipGuard.Manifests;

namespace ClipGuard.Loading;

/// <summary>A manifest as it was when the loader was opened.</summary>
/// <param name="Manifest">The manifest; where its rows are read from start to end, without those that are left out.</param>
/// <param name="Index">Null where its rows are read from start to end.</param>
/// <param name="ExcludedRows">Rows of the index that are left out, ascending.</param>
/// <param name="Fingerprint">What states are bound to.</param>
internal sealed record OpenedManifest(IManifest Manifest, IndexedRows? Index, long[] ExcludedRows, string Fingerprint)
{
    /// <summary>Indexes a manifest where its order needs that, and finds the rows that are left out.</summary>
    /// <exception cref="ArgumentException">A setting is out of its range, or the manifest has no index and one is needed.</exception>
    /// <exception cref="ManifestException">The manifest cannot be read.</exception>
    public static async Task<OpenedManifest> OpenAsync(IManifest manifest, LoaderOptions options, LoaderTelemetry telemetry, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (manifest is BlendedManifest or StreamedBlend && options.ExcludedLines.FirstOrDefault(static line => line.Origin is null) is { Line: > 0 } nameless)
        {
            throw new ArgumentException(
                $"{nameof(LoaderOptions.ExcludedLines)} has line {nameless.Line} of a blend, whose lines are those of its sources: name the source too.",
                nameof(options));
        }

        var indexable = manifest as IIndexableManifest;
        bool needsIndex = options.Shuffle == ShuffleMode.Full || options.Buckets is not null;
        if (needsIndex && (indexable is null || options.Shuffle == ShuffleMode.Windowed))
        {
            throw new ArgumentException(
                "A full shuffle and buckets need a manifest with an index, and buckets cannot be had with a windowed shuffle.", nameof(options));
        }

        ResolvedExclusions? exclusion = options.Excluded is { } list ? ResolvedExclusions.Of(list, manifest) : null;
        foreach (string absent in exclusion?.Absent ?? [])
        {
            telemetry.NotExcluded(absent);
        }

        void TellUnmet(long leftOut)
        {
            if (exclusion?.Unmet(leftOut) is { } unmet)
            {
                telemetry.NotExcluded(unmet);
            }
        }

        if (options.Shuffle == ShuffleMode.Windowed || indexable is null)
        {
            string fingerprint = await AbandonableRead.RunAsync(() => manifest.FingerprintAsync(cancellation), cancellation).ConfigureAwait(false);
            IManifest left = exclusion is null ? manifest : new ExcludingManifest(manifest, exclusion, TellUnmet);
            return new OpenedManifest(left, null, [], fingerprint);
        }

        IndexedRows index = await AbandonableRead.RunAsync(() => indexable.IndexAsync(cancellation), cancellation).ConfigureAwait(false);
        try
        {
            long[] excluded = exclusion is null ? []
                : await AbandonableRead.RunAsync(() => Task.FromResult(exclusion.FindRows(index)), cancellation).ConfigureAwait(false);
            TellUnmet(excluded.Length);
            return new OpenedManifest(manifest, index, excluded, index.Fingerprint);
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }
}
