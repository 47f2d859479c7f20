using ClipGuard.Fetching;

namespace ClipGuard.Manifests.Sharding;

/// <summary>Cuts a list of files into runs of whole files that are about equal in bytes.</summary>
internal static class FileListSplitter
{
    /// <summary>The files of a share: those whose middle lies within an equal cut of all bytes.</summary>
    /// <param name="files">The files in their order.</param>
    /// <param name="open">Opens them.</param>
    /// <param name="shard">Which share.</param>
    /// <exception cref="ManifestException">A file is not there.</exception>
    public static ShardExtent Find(IReadOnlyList<string> files, ManifestFiles open, ShardNumber shard) =>
        shard.CutBySize([.. files.Select(file => LengthOf(file, open))], "shards");

    private static long LengthOf(string path, ManifestFiles open)
    {
        try
        {
            if (!Addresses.Is(path))
            {
                return new FileInfo(path).Length;
            }

            using RandomAccessFile file = open.OpenPositions(path);
            return file.Length;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ManifestException.Refused($"The shard {ManifestFiles.Shown(path)} cannot be read", error);
        }
    }
}
