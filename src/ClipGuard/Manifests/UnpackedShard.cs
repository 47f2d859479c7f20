namespace ClipGuard.Manifests;

/// <summary>A shard that is compressed, unpacked into a temporary file that is gone with this object.</summary>
internal sealed class UnpackedShard : IDisposable
{
    // Of a piece within which the shard is broken nothing comes.
    private const int PieceBytes = 32 << 10;

    private UnpackedShard(FileStream file, string? flaw)
    {
        File = file;
        Flaw = flaw;
    }

    /// <summary>What was unpacked.</summary>
    public FileStream File { get; }

    /// <summary>Why the rest could not be unpacked; null where all was.</summary>
    public string? Flaw { get; }

    /// <summary>Whether a shard is one, by its name.</summary>
    public static bool IsPacked(string shard) => ShardCompression.Of(shard) is not null;

    /// <summary>Unpacks a shard, as far as that is possible.</summary>
    /// <exception cref="ManifestException">It cannot be read, or the temporary folder does not hold it.</exception>
    public static UnpackedShard Unpack(string shard, ManifestFiles files, CancellationToken cancellation)
    {
        using Stream packed = TarGroup.Open(shard, files, cancellation);
        FileStream? file = null;
        try
        {
            file = new FileStream(
                Path.Combine(Path.GetTempPath(), "clipguard-" + Path.GetRandomFileName()),
                new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose });
            string? flaw = Copy(ShardCompression.Of(shard)!, packed, file, cancellation);
            return new UnpackedShard(file, flaw);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            throw ManifestException.Refused(
                $"The shard {ManifestFiles.Shown(shard)} cannot be unpacked into {Path.GetTempPath()} (TMPDIR names another folder)", error);
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    public void Dispose() => File.Dispose();

    private static string? Copy(ShardCompression compression, Stream packed, FileStream file, CancellationToken cancellation)
    {
        using Stream unpacking = compression.Open(packed);
        byte[] piece = new byte[PieceBytes];
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            int read;
            try
            {
                read = unpacking.Read(piece);
            }
            catch (Exception broken) when (ShardCompression.FlawOf(broken) is { } flaw)
            {
                return flaw;
            }

            if (read == 0)
            {
                file.Flush();
                return null;
            }

            file.Write(piece, 0, read);
        }
    }
}
