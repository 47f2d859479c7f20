namespace ClipGuard.DryRuns;

/// <summary>Tells whether a manifest file is still the one that an interrupted run was reading.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="ModifiedUtc">When it was last written.</param>
internal sealed record ManifestIdentity(string Path, long Bytes, DateTime ModifiedUtc)
{
    /// <summary>The identity of a file; null where there is none, or one without a length, as pipes are: there is no coming back to it.</summary>
    public static ManifestIdentity? Of(string path)
    {
        var file = new FileInfo(path);
        return file is { Exists: true, Length: > 0 }
            ? new ManifestIdentity(System.IO.Path.GetFullPath(path), file.Length, file.LastWriteTimeUtc)
            : null;
    }
}
