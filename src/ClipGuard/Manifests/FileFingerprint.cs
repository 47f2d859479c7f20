using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

using ClipGuard.Fetching;
using ClipGuard.Media.Native;

namespace ClipGuard.Manifests;

/// <summary>
/// A fingerprint of files that may be too large to be read as a whole: a hash of their lengths and of blocks that are spread evenly over them, the first and
/// the last bytes among them. A single file of at most 1 MiB is read as a whole. Paths and times do not count: a copy has the same fingerprint.
/// </summary>
internal static class FileFingerprint
{
    private const int BlockBytes = 16 * 1024;
    private const int BlocksInAll = 64;
    private const int MinBlocksOfFile = 2;

    /// <summary>The fingerprint of files.</summary>
    /// <param name="paths">The files, in order. Of one that is no regular file, as a FIFO, which can be read only once, the path is hashed instead.</param>
    /// <param name="files">Opens them.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ManifestException">A file is not there or not readable.</exception>
    public static Task<string> OfAsync(IReadOnlyList<string> paths, ManifestFiles files, CancellationToken cancellation) =>
        Task.Run(() => OfEachAsync(paths, files, cancellation), cancellation);

    private static async Task<string> OfEachAsync(IReadOnlyList<string> paths, ManifestFiles files, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        int blocks = Math.Max(MinBlocksOfFile, BlocksInAll / Math.Max(1, paths.Count));
        foreach (string path in paths)
        {
            cancellation.ThrowIfCancellationRequested();
            if (Addresses.Is(path))
            {
                await AppendAsync(hash, path, blocks, files, cancellation).ConfigureAwait(false);
                continue;
            }

            if (FileFacts.OfPath(path, out FileFacts facts) is { } error)
            {
                throw new ManifestException($"The manifest {path} cannot be read: {error.TrimEnd('.')}.");
            }

            if (facts.WhyNotRegular is null)
            {
                await AppendAsync(hash, path, blocks, files, cancellation).ConfigureAwait(false);
            }
            else
            {
                hash.AppendData(Encoding.UTF8.GetBytes(path));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static async Task AppendAsync(IncrementalHash hash, string path, int blocks, ManifestFiles files, CancellationToken cancellation)
    {
        try
        {
            using RandomAccessFile file = await files.OpenPositionsAsync(path, cancellation).ConfigureAwait(false);
            long length = file.Length;
            bool isReadWhole = length <= (long)blocks * BlockBytes;
            byte[] buffer = new byte[isReadWhole ? length : BlockBytes];
            int count = isReadWhole ? 1 : blocks;
            byte[] lengthBytes = new byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(lengthBytes, length);
            hash.AppendData(lengthBytes);
            for (int block = 0; block < count; block++)
            {
                long offset = isReadWhole ? 0 : (length - BlockBytes) * block / (count - 1);
                hash.AppendData(buffer, 0, file.Read(buffer, offset));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ManifestException.Refused($"The manifest {ManifestFiles.Shown(path)} cannot be read", error);
        }
    }
}
