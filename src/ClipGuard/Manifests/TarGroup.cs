using System.Formats.Tar;

namespace ClipGuard.Manifests;

/// <summary>One file in a tar shard.</summary>
/// <param name="Name">Its name within the shard.</param>
/// <param name="Offset">First byte of its content within the shard.</param>
/// <param name="Length">Bytes of its content.</param>
/// <param name="Modified">The time of the original file, as the header gives it.</param>
internal sealed record TarMember(string Name, long Offset, long Length, DateTimeOffset Modified)
{
    /// <summary>Whether its content is part of the row, and not a clip.</summary>
    public bool IsText => Format is "json" or "txt" or "cls";

    /// <summary>The last part of its extension in lower case.</summary>
    public string Format => Extension[(Extension.LastIndexOf('.') + 1)..].ToLowerInvariant();

    /// <summary>The name up to the first dot of its last part: what the members of one sample share.</summary>
    public string Key => Name[..Dot];

    /// <summary>The part of the name after that dot.</summary>
    public string Extension => Dot == Name.Length ? string.Empty : Name[(Dot + 1)..];

    private int Dot
    {
        get
        {
            int dot = Name.IndexOf('.', Name.LastIndexOf('/') + 1);
            return dot < 0 ? Name.Length : dot;
        }
    }
}

/// <summary>Neighbouring members of one shard that share a key.</summary>
/// <param name="Shard">Path of the shard.</param>
/// <param name="Offset">Where the first member's header begins.</param>
/// <param name="Members">The members in their order; none where the shard is broken here.</param>
/// <param name="ReadError">Why the shard cannot be read from here on; null where it can.</param>
internal sealed record TarGroup(string Shard, long Offset, IReadOnlyList<TarMember> Members, string? ReadError = null)
{
    private const int BlockBytes = 512;

    /// <summary>Reads the groups of a shard from one that begins at <paramref name="offset"/> on.</summary>
    /// <exception cref="ManifestException">The shard cannot be opened.</exception>
    public static IEnumerable<TarGroup> ReadAll(string shard, long offset = 0)
    {
        using FileStream file = Open(shard);
        file.Position = offset;
        using var tar = new TarReader(file, leaveOpen: true);
        List<TarMember> members = [];
        long start = offset;
        while (true)
        {
            TarMember? member = Next(tar, file, out long end, out string? readError);
            bool isNewKey = member is null || (members.Count > 0 && member.Key != members[0].Key);
            if (isNewKey && members.Count > 0)
            {
                yield return new TarGroup(shard, start, members);
                members = [];
                start = offset;
            }

            // A whole shard ends with blocks of zeros. One that was cut off between two members has none, and otherwise reads without an error.
            if (member is null && offset >= file.Length)
            {
                readError ??= "it has no end mark, so it may have been cut off";
            }

            if (readError is not null)
            {
                yield return new TarGroup(shard, offset, [], readError);
            }

            if (member is null)
            {
                yield break;
            }

            members.Add(member);
            offset = end;
        }
    }

    /// <summary>Opens a shard.</summary>
    /// <exception cref="ManifestException">It cannot be opened.</exception>
    public static FileStream Open(string shard)
    {
        try
        {
            return new FileStream(shard, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 4096, FileOptions.SequentialScan);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ManifestException.Refused($"The shard {shard} cannot be read", error);
        }
    }

    private static TarMember? Next(TarReader tar, FileStream file, out long end, out string? readError)
    {
        end = 0;
        readError = null;
        try
        {
            while (tar.GetNextEntry() is { } entry)
            {
                if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile)
                {
                    long first = entry.DataOffset >= 0 ? entry.DataOffset : file.Position;
                    end = first + ((entry.Length + BlockBytes - 1) / BlockBytes * BlockBytes);
                    if (first + entry.Length > file.Length)
                    {
                        readError = $"the member {entry.Name} ends behind the shard's own end";
                        return null;
                    }

                    return new TarMember(entry.Name, first, entry.Length, entry.ModificationTime);
                }
            }
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or FormatException)
        {
            readError = error.Message;
        }

        return null;
    }
}
