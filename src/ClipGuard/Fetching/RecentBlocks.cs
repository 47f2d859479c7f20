namespace ClipGuard.Fetching;

/// <summary>
/// The blocks of objects that were read last, so that what reads a header and then what lies behind it asks once. Large ones, of whoever reads on and on, are
/// not kept. Any number of threads.
/// </summary>
internal sealed class RecentBlocks
{
    private const int MostBlocks = 32;
    private const int LargestBlock = 256 << 10;

    private readonly Lock _lock = new();
    private readonly (RemoteFile? File, RemoteBlock? Block)[] _blocks = new (RemoteFile?, RemoteBlock?)[MostBlocks];
    private int _next;

    /// <summary>A block that holds a byte of an object; null where none does.</summary>
    public RemoteBlock? Find(RemoteFile file, long offset)
    {
        lock (_lock)
        {
            foreach ((RemoteFile? of, RemoteBlock? block) in _blocks)
            {
                if (of == file && block!.Offset <= offset && offset < block.End)
                {
                    return block;
                }
            }

            return null;
        }
    }

    /// <summary>Keeps a block for a while.</summary>
    public RemoteBlock Add(RemoteFile file, long offset, ReadOnlyMemory<byte> bytes)
    {
        var block = new RemoteBlock(offset, bytes);
        if (bytes.Length <= LargestBlock)
        {
            lock (_lock)
            {
                _blocks[_next] = (file, block);
                _next = (_next + 1) % MostBlocks;
            }
        }

        return block;
    }
}
