namespace ClipGuard.Verdicts;

/// <summary>Where verdicts are kept that outlive a run, and what tells one clip's bytes from another's.</summary>
public sealed record VerdictStoreOptions
{
    /// <summary>
    /// The store: a folder, made where it does not exist. Any number of processes on any number of machines may use it at the same time; it may lie on NFS.
    /// </summary>
    public required string Folder { get; init; }

    /// <summary>
    /// The folder by which clips are named, so that the store is of use also where the data is mounted elsewhere: the name of a clip below it is the path from
    /// there on. Null (the default) is the first of the manifest's root, its root of images and its own folder that the clip lies below; the loader knows of
    /// the last alone. Clips elsewhere go by their absolute paths.
    /// </summary>
    public string? Root { get; init; }

    /// <summary>What stands for the bytes of a file. Default <see cref="IdentityKind.Metadata"/>.</summary>
    public IdentityKind Identity { get; init; }
}

/// <summary>What stands for the bytes of a file.</summary>
public enum IdentityKind
{
    /// <summary>
    /// Its name, its size and the second in which it was last changed; of a file that was changed less than a minute ago, or bears no real time, a hash of its
    /// content.
    /// </summary>
    Metadata,

    /// <summary>A hash of its content (XXH3), whatever it is called: every file is read once more.</summary>
    Content,
}
