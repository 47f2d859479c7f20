namespace ClipGuard.Loading;

/// <summary>In which order an epoch goes through the rows.</summary>
public enum ShuffleMode
{
    /// <summary>The manifest's own order.</summary>
    None,

    /// <summary>
    /// Every order is possible. The rows are indexed when the loader opens, which takes one pass over the manifest and 16 bytes a row. Where rows can only be
    /// read from the start of their group on (<see cref="Manifests.IndexedRows.ReadTogether"/>, Parquet), the groups come in a shuffled order instead, and
    /// their rows are shuffled within windows of <see cref="LoaderOptions.ShuffleWindow"/> rows; a warning is logged.
    /// </summary>
    Full,

    /// <summary>
    /// Rows are shuffled within windows of <see cref="LoaderOptions.ShuffleWindow"/> rows. The manifest is read from start to end, and no index of it is
    /// held, except by folders and by a <see cref="Manifests.BlendedManifest"/>, which need one to read at all.
    /// </summary>
    Windowed,
}
