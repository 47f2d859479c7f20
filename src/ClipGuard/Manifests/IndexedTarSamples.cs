using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace ClipGuard.Manifests;

/// <summary>The samples of tar shards: of each its shard, its offset and its number of members.</summary>
internal sealed class IndexedTarSamples : IndexedRows
{
    private const int Broken = -1;

    // A group's length in the index is its number of members, and above that what its neighbours tell of it.
    private const int StateBits = 24;

    private readonly IReadOnlyList<string> _shards;
    private readonly RowIndex _index;
    private readonly long[] _firstRows; // of each shard
    private readonly ManifestOptions _options;
    private readonly ManifestFiles _files;
    private readonly ConcurrentBag<TarRowReader> _readers = [];

    private IndexedTarSamples(
        IReadOnlyList<string> shards, RowIndex index, long[] firstRows, ManifestOptions options, ManifestFiles files, string fingerprint)
    {
        _firstRows = firstRows;
        _shards = shards;
        _index = index;
        _options = options;
        _files = files;
        Fingerprint = fingerprint;
    }

    public override long Count => _index.Count;

    public override string Fingerprint { get; }

    /// <summary>
    /// Goes over all shards. The fingerprint includes the text of samples and the headers of clips, not the bytes of clips: a clip that was replaced goes
    /// unnoticed where it has the same length and the same time in its header.
    /// </summary>
    public static IndexedTarSamples Build(IReadOnlyList<string> shards, ManifestOptions options, ManifestFiles files, CancellationToken cancellation)
    {
        if (shards.FirstOrDefault(UnpackedShard.IsPacked) is { } packed)
        {
            throw new ManifestException(
                $"The shard {ManifestFiles.Shown(packed)} is compressed, and its samples cannot be read by their places: "
                + $"unpack it with {ShardCompression.Of(packed)!.Tool}. "
                + "Only a dry run reads it as it is.");
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var index = new RowIndex();
        long[] firstRows = new long[shards.Count];
        for (int shard = 0; shard < shards.Count; shard++)
        {
            firstRows[shard] = index.Count;
            using Stream texts = TarGroup.Open(shards[shard], files, cancellation);
            foreach (TarGroup group in TarGroup.ReadAll(shards[shard], files, stop: cancellation))
            {
                cancellation.ThrowIfCancellationRequested();
                index.Add(new RowIndexEntry(group.Offset, LengthOf(group), shard));
                foreach (TarMember member in group.Members)
                {
                    hash.AppendData(Encoding.UTF8.GetBytes($"{shard}\0{member.Name}\0{member.Offset}\0{member.Length}\0{member.Modified}\0"));
                    if (member.IsText && member.Length <= options.MaxLineBytes)
                    {
                        hash.AppendData(Load(texts, member));
                    }
                }
            }
        }

        return new IndexedTarSamples(shards, index, firstRows, options, files, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    public override long FindLine(long line) => line >= 1 && line <= Count ? line - 1 : -1;

    public override ManifestRow Read(long row)
    {
        RowIndexEntry address = _index[row];
        if (!_readers.TryTake(out TarRowReader? reader))
        {
            reader = new TarRowReader(_options, _files);
        }

        try
        {
            string shard = _shards[address.Line];
            TarGroup? group = TarGroup.ReadAll(shard, _files, address.Offset).FirstOrDefault();
            group = group is { Broken: null } ? group with { State = (TarGroupState)(address.Length >> StateBits) } : group;
            return group is not null && LengthOf(group) == address.Length
                ? reader.Read(group, row + 1, row - _firstRows[address.Line] + 1)
                : throw new ManifestException($"The shard {ManifestFiles.Shown(shard)} has changed since it was indexed; start again with the new one.");
        }
        finally
        {
            _readers.Add(reader);
        }
    }

    // Keys are in no index: the headers of shards of which samples are left out are gone over once more.
    internal override IEnumerable<long> FindRows(ResolvedExclusions exclusion, string source)
    {
        for (int shard = 0; shard < _shards.Count; shard++)
        {
            string shown = ManifestFiles.Shown(_shards[shard]);
            if (exclusion.In(shown) is not { } places)
            {
                continue;
            }

            long number = 0;
            foreach (TarGroup group in TarGroup.ReadAll(_shards[shard], _files))
            {
                if (places.Contains(new RowLocation(shown, ++number, group.OwnKey), out _))
                {
                    yield return _firstRows[shard] + number - 1;
                }
            }
        }
    }

    private static int LengthOf(TarGroup group) => group.Broken is null ? group.Members.Count | ((int)group.State << StateBits) : Broken;

    private static ReadOnlySpan<byte> Load(Stream shard, TarMember member)
    {
        byte[] bytes = new byte[member.Length];
        shard.Position = member.Offset;
        return bytes.AsSpan(0, shard.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
    }
}
