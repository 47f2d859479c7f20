using System.Text.Json.Serialization;

using ClipGuard.Fetching;
using ClipGuard.Media;

namespace ClipGuard.Manifests;

/// <summary>How the rows of a manifest are read.</summary>
public sealed record ManifestOptions
{
    /// <summary>
    /// Folder against which relative paths are tried first, which has to be there when a manifest is opened; null (the default) for none. Where it is an
    /// address, relative paths are below it and nowhere else.
    /// </summary>
    public string? Root { get; init; }

    /// <summary>
    /// Folder against which relative paths are tried next; null for none. Default: the environment variable <c>ROOT_IMAGE_DIR</c>, as in ms-swift.
    /// After it come the manifest's own folder and the current folder; of a manifest at an address the folder that it lies in, and no other.
    /// </summary>
    public string? RootImageDirectory { get; init; } = Environment.GetEnvironmentVariable("ROOT_IMAGE_DIR") is { Length: > 0 } folder ? folder : null;

    /// <summary>
    /// Longest line, in bytes without its line ending. A longer one is a <see cref="BadRow"/> and is not kept in memory. Positive; default 64 MiB.
    /// </summary>
    public int MaxLineBytes { get; init; } = 64 << 20;

    /// <summary>
    /// Whether clips at http:// and https:// addresses are fetched. False (the default) makes each of them
    /// <see cref="Media.FaultKind.Unsupported"/>: a manifest must not cause network access that was not asked for.
    /// </summary>
    public bool AllowHttp { get; init; }

    /// <summary>
    /// How manifests and shards at addresses are read, and by what: its <see cref="FetchOptions.Fetchers"/> are also those for clips at addresses other than
    /// http and https, which are <see cref="Media.FaultKind.Unsupported"/> where none knows their scheme. A supervisor needs the same
    /// (<c>SupervisorOptions.Fetching</c>). Default: no fetchers.
    /// </summary>
    [JsonIgnore]
    public FetchOptions Fetching { get; init; } = new();

    /// <summary>How tags and clips must match. Default <see cref="MediaCounting.Lenient"/>.</summary>
    public MediaCounting Counting { get; init; } = MediaCounting.Lenient;

    /// <summary>
    /// Whether a row without text (<c>messages</c>, <c>conversations</c>, <c>query</c> and <c>response</c>, …) is a <see cref="BadRow"/>, as in ms-swift.
    /// Null (the default) is true for JSON Lines and false for other kinds of manifest.
    /// </summary>
    public bool? RequireMessages { get; init; }

    /// <summary>
    /// What keys of rows, or columns of a table, mean where their names do not say it: from the key to ms-swift's, as in <c>{"file": "audio"}</c>.
    /// A key that a row does not have is passed over; a column that a table does not have is an error. Default empty.
    /// </summary>
    public IReadOnlyDictionary<string, string> Columns { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Folder in which the indexes of manifests of at least 16 MiB are kept, so that opening one once more does not read it; null for nowhere. An index counts
    /// as long as the manifest's size, time, inode and samples of its content are the same. Default: <c>clipguard/indexes</c> in <c>XDG_CACHE_HOME</c>, or in
    /// <c>~/.cache</c>. What cannot be written there is not kept.
    /// </summary>
    [JsonIgnore]
    public string? IndexCacheFolder { get; init; } = IndexCache.DefaultFolder;

    /// <summary>Whether a manifest is read as a whole where its index is kept, and its index made anew. Default false.</summary>
    [JsonIgnore]
    public bool VerifyIndex { get; init; }

    /// <summary>The smallest manifest whose index is kept.</summary>
    internal long IndexCacheMinBytes { get; init; } = IndexCache.UsualMinBytes;

    /// <summary>
    /// Whether columns that hold neither text nor clips may be left unread, as Parquet's are then; a sample has no <see cref="Sample.Fields"/> of them.
    /// False (the default) reads them. Kinds of manifest that read whole rows heed it not.
    /// </summary>
    [JsonIgnore]
    public bool SkipFields { get; init; }

    /// <summary>
    /// The field in which a row has its own id, which findings name it by; null (the default) for none. It is read in spite of <see cref="SkipFields"/>.
    /// </summary>
    public string? IdField { get; init; }

    /// <inheritdoc/>
    public override string ToString() => RecordPrinting.Of(this);

    /// <summary>Whether rows name their clips under <c>file_name</c> and keys that end so, as those of a <see cref="MetadataFiles"/>.</summary>
    internal bool NamesFiles { get; init; }

    /// <summary>
    /// The keys of rows that are read, as fields, where rows are no samples but something else, as pairs of clips; null for samples. A row's raw bytes are then
    /// those of its JSON object, also in a table.
    /// </summary>
    internal IReadOnlyList<string>? FieldsAlone { get; init; }

    /// <summary>How rows of a file are read that may be the metadata of a folder.</summary>
    internal ManifestOptions For(string path) => !MetadataFiles.IsMetadata(path) ? this : this with
    {
        NamesFiles = true,
        RequireMessages = RequireMessages ?? false,
    };
}

/// <summary>How the tags in a row's messages must match its clips.</summary>
public enum MediaCounting
{
    /// <summary>
    /// As ms-swift: tags that are missing are put before the first message, tags too many are a warning. Tags of a kind without any clip make the row bad.
    /// </summary>
    Lenient,

    /// <summary>As LLaMA-Factory: for each kind, exactly as many tags as clips, or the row is bad.</summary>
    Strict,
}
