using ClipGuard.Media.Libav.Bytes;

namespace ClipGuard.Media.Libav.Formats;

/// <summary>The tables of an AVIF or HEIC file that say what its items are (ISO/IEC 14496-12, 8.11).</summary>
internal sealed class HeifTables
{
    // The boxes of a picture come to some hundred bytes, those of a large grid to some thousands.
    private const int MaxBoxBytes = 1 << 20;

    private readonly Dictionary<uint, HeifExtents> _extents;

    private HeifTables(ClipBytes bytes, IsoBox meta, IsoBox properties)
    {
        // Behind four bytes of version and flags.
        long start = meta.Start + sizeof(uint);
        byte[] Box(ReadOnlySpan<byte> name) => IsoBox.Find(bytes, start, meta.End, name)?.Content(bytes, MaxBoxBytes) ?? [];
        Properties = HeifProperties.Read(bytes, properties);
        Codings = ReadCodings(Box("iinf"u8));
        References = [.. ReadReferences(Box("iref"u8))];
        _extents = ReadExtents(Box("iloc"u8), IsoBox.Find(bytes, start, meta.End, "idat"u8)?.Start);
    }

    /// <summary>How each item is coded: four letters.</summary>
    public IReadOnlyDictionary<uint, string> Codings { get; }

    /// <summary>Which item belongs to which, in the order in which the file says it.</summary>
    public IReadOnlyList<HeifReference> References { get; }

    /// <summary>What each item is said to have.</summary>
    public HeifProperties Properties { get; }

    /// <summary>Reads them.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="meta">Its box <c>meta</c>.</param>
    /// <returns>Null where there is none of what items have to have.</returns>
    public static HeifTables? Read(ClipBytes bytes, IsoBox meta) =>
        IsoBox.Find(bytes, meta.Start + sizeof(uint), meta.End, "iprp"u8) is { } properties ? new HeifTables(bytes, meta, properties) : null;

    /// <summary>Where an item's bytes lie.</summary>
    public HeifExtents ExtentsOf(uint item) => _extents.GetValueOrDefault(item, HeifExtents.None);

    // From the box iinf.
    private static Dictionary<uint, string> ReadCodings(byte[] content)
    {
        Dictionary<uint, string> codings = [];
        var reader = new BoxFieldReader(content);
        uint version = reader.Number(4) >> 24;
        for (uint left = reader.Number(version == 0 ? 2 : 4); left > 0 && !reader.IsAtEnd; left--)
        {
            // A box for each: its length, "infe", version, item, protection, coding, and a name of any length. Versions below 2 have no coding.
            int length = (int)Math.Min(int.MaxValue, reader.Number(4));
            reader.Skip(4);
            uint entryVersion = reader.Number(4) >> 24;
            int idBytes = entryVersion == 2 ? 2 : 4;
            uint item = reader.Number(idBytes);
            reader.Skip(2);
            string coding = reader.Letters();
            if (entryVersion >= 2 && !reader.IsAtEnd)
            {
                codings.TryAdd(item, coding);
            }

            reader.Skip(Math.Max(0, length - 18 - idBytes));
        }

        return codings;
    }

    // From the box iref.
    private static IEnumerable<HeifReference> ReadReferences(byte[] content)
    {
        var reader = new BoxFieldReader(content);
        int idBytes = reader.Number(4) >> 24 == 0 ? 2 : 4;
        while (!reader.IsAtEnd)
        {
            reader.Skip(4);
            string kind = reader.Letters();
            uint from = reader.Number(idBytes);
            for (uint left = reader.Number(2); left > 0; left--)
            {
                uint to = reader.Number(idBytes);
                if (reader.IsAtEnd)
                {
                    yield break;
                }

                yield return new HeifReference(kind, from, to);
            }
        }
    }

    // From the box iloc. Items may lie in the box idat, too; what is told in a way that is not known has no bytes.
    private static Dictionary<uint, HeifExtents> ReadExtents(byte[] content, long? dataStart)
    {
        Dictionary<uint, HeifExtents> all = [];
        var reader = new BoxFieldReader(content);
        uint version = reader.Number(4) >> 24;
        int sizes = (int)reader.Number(2);
        (int offsetBytes, int lengthBytes, int baseBytes, int indexBytes) = (sizes >> 12, (sizes >> 8) & 15, (sizes >> 4) & 15, version == 0 ? 0 : sizes & 15);
        for (uint left = reader.Number(version < 2 ? 2 : 4); left > 0 && !reader.IsAtEnd; left--)
        {
            uint id = reader.Number(version < 2 ? 2 : 4);
            uint method = version == 0 ? 0 : reader.Number(2) & 15;
            reader.Skip(2);
            long start = reader.Long(baseBytes);
            List<(long, long)> extents = [];
            for (uint count = reader.Number(2); count > 0 && !reader.IsAtEnd; count--)
            {
                _ = reader.Long(indexBytes);
                long offset = reader.Long(offsetBytes);
                extents.Add((start + offset + (method == 1 ? dataStart ?? 0 : 0), reader.Long(lengthBytes)));
            }

            if (!reader.IsAtEnd && (method == 0 || (method == 1 && dataStart is not null)))
            {
                all.TryAdd(id, new HeifExtents(extents));
            }
        }

        return all;
    }
}
