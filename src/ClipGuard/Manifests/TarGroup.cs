using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ClipGuard.Manifests;

/// <summary>Neighbouring members of one shard that share a key, or the place at which the shard is broken.</summary>
/// <param name="Shard">Path of the shard, or its address.</param>
/// <param name="Offset">Where the headers of the first member begin, or of the entry that cannot be read.</param>
/// <param name="Members">The members in their order; none where the shard is broken here.</param>
internal sealed record TarGroup(string Shard, long Offset, IReadOnlyList<TarMember> Members)
{
    /// <summary>Why the shard cannot be read from here on; null where it can.</summary>
    public BrokenTarException? Broken { get; init; }

    /// <summary>What only its neighbours tell of it.</summary>
    public TarGroupState State { get; init; }

    /// <summary>The key of its members; null where another group has it too, or there are no members.</summary>
    public string? OwnKey => Members.Count > 0 && State != TarGroupState.Apart ? Members[0].Key : null;

    /// <summary>Reads the groups of a shard from one that begins at <paramref name="offset"/> on.</summary>
    /// <param name="shard">Path of the shard, or its address.</param>
    /// <param name="files">Opens it.</param>
    /// <param name="offset">Where the first group begins.</param>
    /// <param name="unpacked">Where the shard is compressed, what it was unpacked to; otherwise null.</param>
    /// <param name="stop">Ends reads of what is at an address.</param>
    /// <remarks><see cref="State"/> is right only where the shard is read from its start.</remarks>
    /// <exception cref="ManifestException">The shard cannot be opened or read.</exception>
    public static IEnumerable<TarGroup> ReadAll(
        string shard, ManifestFiles files, long offset = 0, FileStream? unpacked = null, CancellationToken stop = default)
    {
        using Stream? file = unpacked is null ? Open(shard, files, stop) : null;
        var entries = new TarEntryReader(unpacked ?? file!, offset);
        var keys = new HashSet<ulong>();
        TarGroup? before = null;
        List<TarMember> members = [];
        long start = offset;
        while (true)
        {
            long at = entries.Offset;
            TarMember? member = Next(shard, entries, out BrokenTarException? broken);
            if (member is { IsOfSample: false })
            {
                continue;
            }

            if (members.Count > 0 && member?.Key != members[0].Key)
            {
                var group = new TarGroup(shard, start, members);
                TarGroupState state = !keys.Add(HashOf(group)) ? TarGroupState.Apart
                    : broken is not null && LacksMember(group, before) ? TarGroupState.CutOff
                    : TarGroupState.Whole;
                yield return group with { State = state };
                (before, members) = (group, []);
            }

            if (member is null)
            {
                if (broken is not null)
                {
                    yield return new TarGroup(shard, at, []) { Broken = broken };
                }

                yield break;
            }

            start = members.Count == 0 ? at : start;
            members.Add(member);
        }
    }

    /// <summary>Opens a shard.</summary>
    /// <exception cref="ManifestException">It cannot be opened.</exception>
    public static Stream Open(string shard, ManifestFiles files, CancellationToken stop = default)
    {
        try
        {
            return files.OpenShard(shard, bufferBytes: 4096, stop);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ManifestException.Refused($"The shard {ManifestFiles.Shown(shard)} cannot be read", error);
        }
    }

    private static TarMember? Next(string shard, TarEntryReader entries, out BrokenTarException? broken)
    {
        broken = null;
        try
        {
            return entries.Next();
        }
        catch (BrokenTarException found)
        {
            broken = found;
            return null;
        }
        catch (IOException failed)
        {
            throw ManifestException.Refused($"The shard {ManifestFiles.Shown(shard)} cannot be read at byte {entries.Offset}", failed);
        }
    }

    // Behind the place at which a shard is broken there may be more of its last sample; the sample before shows what a whole one has.
    private static bool LacksMember(TarGroup group, TarGroup? before) =>
        before is not null && before.Members.Select(static member => member.Extension).Except(group.Members.Select(static member => member.Extension)).Any();

    private static ulong HashOf(TarGroup group) => BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(group.Members[0].Key)));
}

/// <summary>What a group's neighbours tell of it.</summary>
internal enum TarGroupState
{
    /// <summary>All members of its key that the shard has.</summary>
    Whole,

    /// <summary>Another group of the shard before it has the same key.</summary>
    Apart,

    /// <summary>The shard is broken behind it, and it lacks members that the sample before it has.</summary>
    CutOff,
}
