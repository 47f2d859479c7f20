namespace ClipGuard.Media.Libav.Formats;

/// <summary>That an item of an AVIF or HEIC file belongs to another.</summary>
/// <param name="Kind">
/// Four letters: <c>auxl</c> where the first is an addition to the second, <c>prem</c> where the first is multiplied by the second, and others.
/// </param>
/// <param name="From">The first item.</param>
/// <param name="To">The second.</param>
internal readonly record struct HeifReference(string Kind, uint From, uint To);

/// <summary>The tables of an AVIF or HEIC file that say what its items are (ISO/IEC 14496-12, 8.11).</summary>
internal static class HeifTables
{
    /// <summary>How each item is coded, from the box <c>iinf</c>.</summary>
    public static Dictionary<uint, string> Codings(byte[] content)
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

    /// <summary>Which item belongs to which, from the box <c>iref</c>.</summary>
    public static IEnumerable<HeifReference> References(byte[] content)
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

    /// <summary>Where an item's bytes lie in the file, from the box <c>iloc</c>. Empty where that is not told in a way that is known.</summary>
    /// <param name="content">The box's content.</param>
    /// <param name="item">The item.</param>
    /// <param name="dataStart">Where the content of the box <c>idat</c> begins, in which items may lie; null where there is none.</param>
    public static IReadOnlyList<(long Start, long Length)> Extents(byte[] content, uint item, long? dataStart)
    {
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

            if (id == item && !reader.IsAtEnd)
            {
                return method == 0 || (method == 1 && dataStart is not null) ? extents : [];
            }
        }

        return [];
    }
}
