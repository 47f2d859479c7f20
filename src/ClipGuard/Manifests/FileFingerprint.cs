using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

using ClipGuard.Media.Native;

namespace ClipGuard.Manifests;

/// <summary>
/// What files are known by that are too large to be read as a whole: their lengths, and their bytes in places spread evenly over them, the first and
/// the last among them. One file of at most a megabyte is read as a whole. Where files lie and when they were written does not count: a copy is the same.
/// </summary>
internal static class FileFingerprint
{
    private const int PlaceBytes = 16 * 1024;
    private const int PlacesInAll = 64;
    private const int FewestPlaces = 2;

    /// <summary>Looks at the files.</summary>
    /// <param name="paths">The files, in order. One that is no regular file, as a FIFO, is known by its name: it can be read only once.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ManifestException">A file is not there or not readable.</exception>
    public static Task<string> OfAsync(IReadOnlyList<string> paths, CancellationToken cancellation) => Task.Run(() => Of(paths, cancellation), cancellation);

    private static string Of(IReadOnlyList<string> paths, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        int places = Math.Max(FewestPlaces, PlacesInAll / Math.Max(1, paths.Count));
        foreach (string path in paths)
        {
            cancellation.ThrowIfCancellationRequested();
            if (FileFacts.OfPath(path, out FileFacts facts) is { } trouble)
            {
                throw new ManifestException($"The manifest {path} cannot be read: {trouble.TrimEnd('.')}.");
            }

            if (facts.WhyNotRegular is null)
            {
                Append(hash, path, places);
            }
            else
            {
                hash.AppendData(Encoding.UTF8.GetBytes(path));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, string path, int places)
    {
        try
        {
            using var file = File.OpenHandle(path, share: FileShare.ReadWrite);
            long length = RandomAccess.GetLength(file);
            bool isReadWhole = length <= (long)places * PlaceBytes;
            byte[] buffer = new byte[isReadWhole ? length : PlaceBytes];
            int taken = isReadWhole ? 1 : places;
            Span<byte> said = stackalloc byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(said, length);
            hash.AppendData(said);
            for (int place = 0; place < taken; place++)
            {
                long offset = isReadWhole ? 0 : (length - PlaceBytes) * place / (taken - 1);
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
