using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

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
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ManifestException">A file is not there or not readable.</exception>
    public static Task<string> OfAsync(IReadOnlyList<string> paths, CancellationToken cancellation) => Task.Run(() => Of(paths, cancellation), cancellation);

    private static string Of(IReadOnlyList<string> paths, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        int blocks = Math.Max(MinBlocksOfFile, BlocksInAll / Math.Max(1, paths.Count));
        foreach (string path in paths)
        {
            cancellation.ThrowIfCancellationRequested();
            if (FileFacts.OfPath(path, out FileFacts facts) is { } error)
            {
                throw new ManifestException($"The manifest {path} cannot be read: {error.TrimEnd('.')}.");
            }

            if (facts.WhyNotRegular is null)
            {
                Append(hash, path, blocks);
            }
            else
            {
                hash.AppendData(Encoding.UTF8.GetBytes(path));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, string path, int blocks)
    {
        try
        {
            using var file = File.OpenHandle(path, share: FileShare.ReadWrite);
            long length = RandomAccess.GetLength(file);
            bool isReadWhole = length <= (long)blocks * BlockBytes;
            byte[] buffer = new byte[isReadWhole ? length : BlockBytes];
            int count = isReadWhole ? 1 : blocks;
            Span<byte> lengthBytes = stackalloc byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(lengthBytes, length);
            hash.AppendData(lengthBytes);
            for (int block = 0; block < count; block++)
            {
                long offset = isReadWhole ? 0 : (length - BlockBytes) * block / (count - 1);
                int filled = 0;
                while (filled < buffer.Length && RandomAccess.Read(file, buffer.AsSpan(filled), offset + filled) is > 0 and var read)
                {
                    filled += read;
                }

                hash.AppendData(buffer, 0, filled);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ManifestException.Refused($"The manifest {path} cannot be read", error);
        }
    }
}
