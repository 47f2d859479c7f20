using System.Security.Cryptography;
using System.Text;

using ClipGuard.Media.Native;

namespace ClipGuard.Manifests;

/// <summary>
/// Indexes of large manifests, kept in a folder, so that the next run and every other rank need not read the manifest once more. A kept index counts where
/// the manifest has the same size, time and inode, and blocks spread over its content hash to the same. Whatever keeps an index from being written or read
/// leads to a new one: it is a cache.
/// </summary>
/// <param name="folder">Where they are; made when it is needed.</param>
/// <param name="minManifestBytes">The smallest manifest whose index is kept: smaller ones are read faster than anybody waits.</param>
internal sealed class IndexCache(string folder, long minManifestBytes)
{
    /// <summary>A manifest of this size takes some hundredths of a second to read.</summary>
    public const long UsualMinBytes = 16 << 20;

    private const string Extension = ".index";

    // Nothing else ever removes the index of a manifest that is gone.
    private static readonly TimeSpan LongestUnused = TimeSpan.FromDays(60);

    /// <summary>The folder that programs of this user share: <c>clipguard/indexes</c> in <c>XDG_CACHE_HOME</c>, or in <c>~/.cache</c>.</summary>
    public static string DefaultFolder => Path.Combine(UserCache.Folder, "indexes");

    /// <summary>What is kept for a manifest, if it is still true.</summary>
    /// <param name="path">The manifest's file.</param>
    /// <param name="form">How its rows are told apart: another way gives another index.</param>
    /// <param name="cancellation">Ends the work.</param>
    public async Task<KeptIndex?> FindAsync(string path, string form, CancellationToken cancellation)
    {
        string file = FileOf(path, form);
        if (!IsWorthIt(path, out FileFacts facts) || !File.Exists(file))
        {
            return null;
        }

        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
            KeptIndex? index = IndexFile.Read(stream, await IdentityAsync(path, facts, form, cancellation).ConfigureAwait(false));
            if (index is not null)
            {
                File.SetLastWriteTimeUtc(file, DateTime.UtcNow);
            }

            return index;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps an index.</summary>
    /// <param name="path">The manifest's file.</param>
    /// <param name="form">How its rows are told apart.</param>
    /// <param name="before">The manifest when the index was begun: one that has changed since is not kept.</param>
    /// <param name="index">The index.</param>
    /// <param name="cancellation">Ends the work.</param>
    public async Task KeepAsync(string path, string form, FileFacts before, KeptIndex index, CancellationToken cancellation)
    {
        if (!IsWorthIt(path, out FileFacts facts) || facts != before)
        {
            return;
        }

        byte[] identity = await IdentityAsync(path, facts, form, cancellation).ConfigureAwait(false);
        if (CacheFile.TryReplace(FileOf(path, form), stream => IndexFile.Write(stream, identity, index)))
        {
            RemoveUnused();
        }
    }

    private static async Task<byte[]> IdentityAsync(string path, FileFacts facts, string form, CancellationToken cancellation)
    {
        string content = await FileFingerprint.OfAsync([path], new ManifestFiles(new ManifestOptions()), cancellation).ConfigureAwait(false);
        return SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', facts.Length, facts.ModifiedNanoseconds, facts.Inode, content, form)));
    }

    private bool IsWorthIt(string path, out FileFacts facts) =>
        FileFacts.OfPath(path, out facts) is null && facts.WhyNotRegular is null && facts.Length >= minManifestBytes;

    private string FileOf(string path, string form) =>
        Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{path}\n{form}")).AsSpan(0, 16)) + Extension);

    private void RemoveUnused()
    {
        try
        {
            foreach (FileInfo file in new DirectoryInfo(folder).EnumerateFiles())
            {
                if (DateTime.UtcNow - file.LastWriteTimeUtc > LongestUnused)
                {
                    CacheFile.TryDelete(file.FullName);
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Another run removes them.
        }
    }
}

/// <summary>What is kept of an index.</summary>
/// <param name="Rows">Where the rows are.</param>
/// <param name="ManifestBytes">Length of the manifest.</param>
/// <param name="Fingerprint">Hash of its whole content.</param>
internal sealed record KeptIndex(RowIndex Rows, long ManifestBytes, string Fingerprint);
