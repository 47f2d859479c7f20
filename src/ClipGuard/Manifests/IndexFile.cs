using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ClipGuard.Manifests;

/// <summary>
/// An index as a file: a head of fixed length, then for each row its length and, where it does not follow the row before it at once, how far it is away. Some
/// two bytes a row. The file of another version, of another manifest, or one that was cut off or damaged is no index.
/// </summary>
internal static class IndexFile
{
    private const int Version = 1;
    private const int HashBytes = 32;
    private const int HeadBytes = 8 + HashBytes + 8 + 8 + HashBytes;
    private const int PieceBytes = 1 << 20;
    private const int MaxRowBytes = 5 + 10 + 5;

    private static ReadOnlySpan<byte> Magic => "CGIX"u8;

    /// <summary>Writes an index; hashed, so that damage is noticed.</summary>
    /// <param name="stream">The file, empty.</param>
    /// <param name="identity">What the manifest is recognised by.</param>
    /// <param name="index">The index.</param>
    public static void Write(Stream stream, ReadOnlySpan<byte> identity, KeptIndex index)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[PieceBytes];
        int end = WriteHead(buffer, identity, index);
        RowAddress before = default;
        for (long row = 0; row < index.Rows.Count; row++)
        {
            if (buffer.Length - end < MaxRowBytes)
            {
                Flush(stream, hash, buffer.AsSpan(0, end));
                end = 0;
            }

            RowAddress address = index.Rows[row];
            WriteRow(buffer, ref end, before, address);
            before = address;
        }

        Flush(stream, hash, buffer.AsSpan(0, end));
        stream.Write(hash.GetHashAndReset());
    }

    /// <summary>Reads an index.</summary>
    /// <param name="stream">The file at its start.</param>
    /// <param name="identity">What the manifest is recognised by.</param>
    /// <returns>Null where it is not the manifest's, or is damaged.</returns>
    public static KeptIndex? Read(Stream stream, ReadOnlySpan<byte> identity)
    {
        if (stream.Length > Array.MaxLength)
        {
            return null;
        }

        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        ReadOnlySpan<byte> hashed = content.AsSpan(0, Math.Max(0, content.Length - HashBytes));
        if (hashed.Length < HeadBytes || !hashed.StartsWith(Magic) || BinaryPrimitives.ReadInt32LittleEndian(hashed[4..]) != Version
            || !hashed.Slice(8, HashBytes).SequenceEqual(identity) || !SHA256.HashData(hashed).AsSpan().SequenceEqual(content.AsSpan(hashed.Length)))
        {
            return null;
        }

        long bytes = BinaryPrimitives.ReadInt64LittleEndian(hashed[(8 + HashBytes)..]);
        long count = BinaryPrimitives.ReadInt64LittleEndian(hashed[(16 + HashBytes)..]);
        string fingerprint = Convert.ToHexStringLower(hashed.Slice(24 + HashBytes, HashBytes));
        var rows = new RowIndex();
        RowAddress before = default;
        for (int at = HeadBytes; rows.Count < count;)
        {
            before = ReadRow(hashed, ref at, before);
            rows.Add(before);
        }

        return new KeptIndex(rows, bytes, fingerprint);
    }

    private static int WriteHead(Span<byte> head, ReadOnlySpan<byte> identity, KeptIndex index)
    {
        Magic.CopyTo(head);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], Version);
        identity.CopyTo(head[8..]);
        BinaryPrimitives.WriteInt64LittleEndian(head[(8 + HashBytes)..], index.ManifestBytes);
        BinaryPrimitives.WriteInt64LittleEndian(head[(16 + HashBytes)..], index.Rows.Count);
        Convert.FromHexString(index.Fingerprint).CopyTo(head[(24 + HashBytes)..]);
        return HeadBytes;
    }

    private static void Flush(Stream stream, IncrementalHash hash, ReadOnlySpan<byte> bytes)
    {
        hash.AppendData(bytes);
        stream.Write(bytes);
    }

    // Nearly every row begins where the one before it ends, on the next line, and is short enough to be kept: then one number says it all.
    private static void WriteRow(Span<byte> buffer, ref int end, RowAddress before, RowAddress row)
    {
        bool follows = row.Length >= 0 && row.Offset == EndOf(before) && row.Line == before.Line + 1;
        WriteNumber(buffer, ref end, ((ulong)(uint)Math.Abs(row.Length) << 1) | (follows ? 0u : 1u));
        if (!follows)
        {
            WriteNumber(buffer, ref end, (ulong)(row.Offset - before.Offset) << 1 | (row.Length < 0 ? 1u : 0u));
            WriteNumber(buffer, ref end, (ulong)(row.Line - before.Line));
        }
    }

    private static RowAddress ReadRow(ReadOnlySpan<byte> bytes, ref int at, RowAddress before)
    {
        ulong first = ReadNumber(bytes, ref at);
        int length = (int)(first >> 1);
        if ((first & 1) == 0)
        {
            return new RowAddress(EndOf(before), length, before.Line + 1);
        }

        ulong away = ReadNumber(bytes, ref at);
        ulong lines = ReadNumber(bytes, ref at);
        return new RowAddress(before.Offset + (long)(away >> 1), (away & 1) == 0 ? length : -length, before.Line + (int)lines);
    }

    private static long EndOf(RowAddress row) => row.Offset + Math.Abs(row.Length);

    private static void WriteNumber(Span<byte> buffer, ref int end, ulong number)
    {
        for (; number >= 0x80; number >>= 7)
        {
            buffer[end++] = (byte)(number | 0x80);
        }

        buffer[end++] = (byte)number;
    }

    private static ulong ReadNumber(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong number = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = bytes[at++];
            number |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return number;
            }
        }
    }
}
