namespace ClipGuard.DryRuns;

/// <summary>Identifies a manifest file, so that a run which goes on with an interrupted one notices where the file has changed.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="ModifiedUtc">When it was last written.</param>
internal sealed record ManifestIdentity(string Path, long Bytes, DateTime ModifiedUtc)
{
    /// <summary>The identity of a file; null where there is none, or it has no length, as a pipe: it cannot be read a second time.</summary>
    public static ManifestIdentity? Of(string path)
    {
        var file = new FileInfo(path);
        return file is { Exists: true, Length: > 0 }
            ? new ManifestIdentity(System.IO.Path.GetFullPath(path), file.Length, file.LastWriteTimeUtc)
            : null;
    }
}
