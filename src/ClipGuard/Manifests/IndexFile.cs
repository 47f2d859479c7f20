using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ClipGuard.Manifests;

/// <summary>
/// An index as a file: a head of fixed length, the rows, and a hash of both. The file of another version, of another manifest, or one that was cut off or
/// damaged is no index.
/// </summary>
internal static class IndexFile
{
    private const int Version = 1;
    private const int HashBytes = 32;
    private const int VersionAt = 4;
    private const int IdentityAt = 8;
    private const int ManifestBytesAt = IdentityAt + HashBytes;
    private const int FingerprintAt = ManifestBytesAt + sizeof(long);
    private const int HeadBytes = FingerprintAt + HashBytes;

    private static ReadOnlySpan<byte> Magic => "CGIX"u8;

    /// <summary>Writes an index.</summary>
    /// <param name="stream">The file, empty.</param>
    /// <param name="identity">What the manifest is recognised by.</param>
    /// <param name="index">The index.</param>
    public static void Write(Stream stream, ReadOnlySpan<byte> identity, KeptIndex index)
    {
        byte[] head = new byte[HeadBytes];
        Magic.CopyTo(head);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(VersionAt), Version);
        identity.CopyTo(head.AsSpan(IdentityAt));
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(ManifestBytesAt), index.ManifestBytes);
        Convert.FromHexString(index.Fingerprint).CopyTo(head.AsSpan(FingerprintAt));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (ReadOnlyMemory<byte> part in index.Rows.ToBytes().Prepend(head))
        {
            hash.AppendData(part.Span);
            stream.Write(part.Span);
        }

        stream.Write(hash.GetHashAndReset());
    }

    /// <summary>Reads an index.</summary>
    /// <param name="stream">The file at its start.</param>
    /// <param name="identity">What the manifest is recognised by.</param>
    /// <returns>Null where it is not the manifest's, or is damaged.</returns>
    public static KeptIndex? Read(Stream stream, ReadOnlySpan<byte> identity)
    {
        if (stream.Length is < HeadBytes + HashBytes or > int.MaxValue / 2)
        {
            return null;
        }

        byte[] content = GC.AllocateUninitializedArray<byte>((int)stream.Length);
        stream.ReadExactly(content);
        ReadOnlySpan<byte> hashed = content.AsSpan(0, content.Length - HashBytes);
        if (!hashed.StartsWith(Magic) || BinaryPrimitives.ReadInt32LittleEndian(hashed[VersionAt..]) != Version
            || !hashed.Slice(IdentityAt, HashBytes).SequenceEqual(identity) || !SHA256.HashData(hashed).AsSpan().SequenceEqual(content.AsSpan(hashed.Length)))
        {
            return null;
        }

        return new KeptIndex(
            RowIndex.FromBytes(hashed[HeadBytes..]),
            BinaryPrimitives.ReadInt64LittleEndian(hashed[ManifestBytesAt..]),
            Convert.ToHexStringLower(hashed.Slice(FingerprintAt, HashBytes)));
    }
}
