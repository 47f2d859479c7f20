namespace ClipGuard.Manifests;

/// <summary>
/// The files of a tar archive, one after the other. What breaks off, lies or is no header is an error with its place, and never an archive's quiet end; no more
/// memory is taken than for the longest name and the largest pax header that are allowed. Sparse files and links are told and passed over.
/// System.Formats.Tar is not used: it takes the first header whose checksum is zero for the archive's end, cannot go on behind an old sparse file, and
/// takes the stored pieces of newer ones for the file.
/// </summary>
/// <param name="file">The archive; its position is the reader's.</param>
/// <param name="offset">Where a header begins.</param>
internal sealed class TarEntryReader(Stream file, long offset = 0)
{
    private const int MaxNameBytes = 64 << 10;
    private const int MaxAttributeBytes = 1 << 20;
    private const int ScanBytes = 64 << 10;

    private readonly byte[] _block = new byte[TarHeader.BlockBytes];

    /// <summary>Where the next entry begins, with all headers that belong to it.</summary>
    public long Offset { get; private set; } = offset;

    /// <summary>Goes to the next file or link; folders and what belongs to the archive alone are passed over.</summary>
    /// <returns>Null at the archive's end.</returns>
    /// <exception cref="BrokenTarException">The archive cannot be read on.</exception>
    public TarMember? Next()
    {
        long at = Offset;
        string? longName = null;
        PaxAttributes? attributes = null;
        while (ReadHeader(at))
        {
            var header = new TarHeader(_block);
            long size = header.Size ?? throw new BrokenTarException(at, "a size that is no number");
            long content = at + TarHeader.BlockBytes;
            switch (header.Type)
            {
                case 'L':
                    longName = TarHeader.TextOf(ReadContent(at, size, MaxNameBytes, "name"));
                    break;
                case 'x':
                    attributes = ReadAttributes(at, size);
                    break;
                case 'g':
                    RefuseGlobal(at, ReadAttributes(at, size));
                    break;
                case 'K' or 'V':
                    break;
                default:
                    TarMember? member = Finish(at, longName, attributes);
                    if (member is not null)
                    {
                        return member;
                    }

                    (longName, attributes) = (null, null);
                    at = Offset;
                    continue;
            }

            at = End(at, content, size, header.Name);
        }

        return longName is null && attributes is null ? null : throw new BrokenTarException(at, "a name or attributes without the entry that they belong to");
    }

    // An entry with what was said of it before; null for a folder.
    private TarMember? Finish(long at, string? longName, PaxAttributes? attributes)
    {
        var header = new TarHeader(_block);
        string name = attributes?.Name ?? longName ?? header.Name;
        string modified = attributes?.Modified ?? header.Modified;
        string link = header.LinkTarget;
        long size = attributes?.Size ?? header.Size!.Value;
        long content = at + TarHeader.BlockBytes;
        char type = header.Type;
        bool isFolder = type == '5' || (type is '\0' && name.EndsWith('/'));
        if (isFolder)
        {
            // Some writers tell a size of folders, and none stores anything.
            Offset = content;
            return null;
        }

        string? flaw = type switch
        {
            '0' or '\0' or '7' => attributes is { IsSparse: true } ? SparseFlaw : null,
            'S' => SparseFlaw,
            '1' => $"a hard link to {link}, whose bytes do not lie here; write the shard with tar --hard-dereference",
            '2' => $"a symbolic link to {link}; write the shard with tar --dereference",
            '3' or '4' or '6' => "a device or a FIFO, and no file",
            _ => $"an entry of type '{type}', and no file",
        };
        if (type == 'S')
        {
            content = SkipSparseMap(at, header.HasMoreOfSparseMap);
        }
        else if (type is '2' or '3' or '4' or '6' || (type == '1' && !HasContent(content)))
        {
            size = 0;
        }

        Offset = End(at, content, size, name);
        return new TarMember(name, content, size, modified, flaw);
    }

    private const string SparseFlaw = "a sparse file, of which the shard holds pieces alone; write the shard without tar --sparse";

    // Whether a header stands at a place; false at the archive's end.
    private bool ReadHeader(long at)
    {
        int read = ReadAt(at, _block);
        if (read == 0)
        {
            throw new BrokenTarException(at, "it has no end mark, so it may have been cut off");
        }

        if (read < _block.Length)
        {
            throw new BrokenTarException(at, "it ends within a header");
        }

        var header = new TarHeader(_block);
        if (header.IsEmpty)
        {
            return IsEmptyFrom(at + TarHeader.BlockBytes) ? false : throw new BrokenTarException(at, "a header of zeros, with more behind it");
        }

        return header.HasRightChecksum ? true : throw new BrokenTarException(at, (at, _block) switch
        {
            (0, [0x1F, 0x8B, ..]) => "it is compressed with gzip; unpack it with gunzip first, or name it .tar.gz",
            (0, [0x28, 0xB5, 0x2F, 0xFD, ..]) => "it is compressed with zstd; unpack it with unzstd first, or name it .tar.zst",
            _ => "a header whose checksum is wrong",
        });
    }

    // Behind its end mark an archive is padded with zeros, if at all.
    private bool IsEmptyFrom(long at)
    {
        byte[] rest = new byte[ScanBytes];
        while (ReadAt(at, rest) is > 0 and var read)
        {
            if (rest.AsSpan(0, read).IndexOfAnyExcept((byte)0) >= 0)
            {
                return false;
            }

            at += read;
        }

        return true;
    }

    // Old archives tell a hard link's size and store nothing; pax allows to store it again.
    private bool HasContent(long content)
    {
        byte[] next = new byte[TarHeader.BlockBytes];
        int read = ReadAt(content, next);
        var header = new TarHeader(next);
        return read == next.Length && !header.IsEmpty && !header.HasRightChecksum;
    }

    private long SkipSparseMap(long at, bool isMore)
    {
        const int MoreAt = 504;
        long content = at + TarHeader.BlockBytes;
        byte[] map = new byte[TarHeader.BlockBytes];
        while (isMore)
        {
            if (ReadAt(content, map) < map.Length)
            {
                throw new BrokenTarException(at, "it ends within the map of a sparse file");
            }

            isMore = map[MoreAt] != 0;
            content += map.Length;
        }

        return content;
    }

    private PaxAttributes ReadAttributes(long at, long size) =>
        PaxAttributes.Parse(ReadContent(at, size, MaxAttributeBytes, "pax header")) ?? throw new BrokenTarException(at, "a pax header that cannot be read");

    private static void RefuseGlobal(long at, PaxAttributes attributes)
    {
        if (attributes.IsOfOneEntry)
        {
            throw new BrokenTarException(at, "a global pax header with a name or a size for all entries");
        }
    }

    private byte[] ReadContent(long at, long size, int most, string what)
    {
        if (size > most)
        {
            throw new BrokenTarException(at, $"a {what} of {size} bytes, more than {most}");
        }

        byte[] content = new byte[size];
        return ReadAt(at + TarHeader.BlockBytes, content) == size ? content : throw new BrokenTarException(at, $"it ends within a {what}");
    }

    private long End(long at, long content, long size, string name)
    {
        long length = file.Length;
        return size <= length - content
            ? content + ((size + TarHeader.BlockBytes - 1) / TarHeader.BlockBytes * TarHeader.BlockBytes)
            : throw new BrokenTarException(at, $"the member {name} ends behind the shard's own end");
    }

    private int ReadAt(long at, Span<byte> bytes)
    {
        if (at >= file.Length)
        {
            return 0;
        }

        file.Position = at;
        return file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
    }
}
