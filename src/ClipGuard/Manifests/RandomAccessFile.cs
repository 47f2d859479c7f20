using ClipGuard.Fetching;

using Microsoft.Win32.SafeHandles;

namespace ClipGuard.Manifests;

/// <summary>A file that is read at any place, from any thread.</summary>
internal abstract class RandomAccessFile : IDisposable
{
    /// <summary>Its bytes now.</summary>
    public abstract long Length { get; }

    /// <summary>Reads as much as there is, up to the buffer's length.</summary>
    /// <returns>Bytes that were read: fewer than the buffer has only at the file's end.</returns>
    /// <exception cref="IOException">They cannot be read.</exception>
    public abstract int Read(Memory<byte> buffer, long offset);

    /// <summary>Closes it.</summary>
    public abstract void Dispose();
}

/// <summary>One at a path.</summary>
internal sealed class LocalPositions(SafeFileHandle file) : RandomAccessFile
{
    public override long Length => RandomAccess.GetLength(file);

    public override int Read(Memory<byte> buffer, long offset)
    {
        int filled = 0;
        while (filled < buffer.Length && RandomAccess.Read(file, buffer.Span[filled..], offset + filled) is > 0 and var read)
        {
            filled += read;
        }

        return filled;
    }

    public override void Dispose() => file.Dispose();
}

/// <summary>One at an address.</summary>
internal sealed class RemotePositions(RemoteFile file) : RandomAccessFile
{
    public override long Length => file.Length;

    public override int Read(Memory<byte> buffer, long offset) => file.ReadAsync(buffer, offset, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    public override void Dispose()
    {
    }
}
