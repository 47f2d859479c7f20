namespace ClipGuard.Manifests.Sharding;

/// <summary>Cuts a file of lines into ranges of about equal bytes that end at lines. Every job finds its own range, and they fit without a gap.</summary>
internal static class LineRangeSplitter
{
    private const int PieceBytes = 64 << 10;

    /// <summary>The bytes of a share: lines that begin within an equal cut of the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="files">Opens it.</param>
    /// <param name="shard">Which share.</param>
    /// <param name="length">The file's length.</param>
    /// <exception cref="ManifestException">The file cannot be read, or is none.</exception>
    public static ShardExtent Find(string path, ManifestFiles files, ShardNumber shard, out long length)
    {
        try
        {
            using RandomAccessFile file = files.OpenPositions(path);
            length = file.Length;
            return new ShardExtent(ShardExtent.Bytes, FirstLineFrom(file, shard.Begin(length), length), FirstLineFrom(file, shard.End(length), length));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ManifestException.Refused($"The manifest {ManifestFiles.Shown(path)} cannot be read", error);
        }
    }

    /// <summary>How many lines a file has before a place at which one begins.</summary>
    /// <param name="path">The file.</param>
    /// <param name="files">Opens it.</param>
    /// <param name="before">The place, in bytes.</param>
    /// <param name="cancellation">Ends the counting.</param>
    /// <exception cref="ManifestException">The file cannot be read.</exception>
    public static long CountLines(string path, ManifestFiles files, long before, CancellationToken cancellation)
    {
        try
        {
            using RandomAccessFile file = files.OpenPositions(path);
            byte[] piece = new byte[PieceBytes];
            long lines = 0;
            for (long at = 0; at < before;)
            {
                cancellation.ThrowIfCancellationRequested();
                int read = file.Read(piece.AsMemory(0, (int)Math.Min(PieceBytes, before - at)), at);
                if (read == 0)
                {
                    break;
                }

                lines += piece.AsSpan(0, read).Count((byte)'\n');
                at += read;
            }

            return lines;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ManifestException.Refused($"The manifest {ManifestFiles.Shown(path)} cannot be read", error);
        }
    }

    private static long FirstLineFrom(RandomAccessFile file, long at, long length)
    {
        if (at == 0)
        {
            return 0;
        }

        // A line that begins just there belongs to the share, which the byte before it tells.
        byte[] piece = new byte[PieceBytes];
        for (long read = at - 1; read < length;)
        {
            ReadOnlySpan<byte> text = piece.AsSpan(0, file.Read(piece, read));
            int feed = text.IndexOf((byte)'\n');
            if (feed >= 0)
            {
                return read + feed + 1;
            }

            if (text.IsEmpty)
            {
                break;
            }

            read += text.Length;
        }

        return length;
    }
}
