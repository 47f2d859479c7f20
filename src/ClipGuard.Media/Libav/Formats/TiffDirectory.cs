using System.Buffers.Binary;

using ClipGuard.Media.Libav.Bytes;

namespace ClipGuard.Media.Libav.Formats;

/// <summary>
/// The fields that describe the first picture of a TIFF file (TIFF 6.0, section 2). What a field does not hold within the file is taken for not there.
/// </summary>
internal sealed class TiffDirectory
{
    private const int HeaderBytes = 8;
    private const int EntryBytes = 12;

    // More than the offsets of a million tiles.
    private const int MaxValueBytes = 16 << 20;

    private readonly ClipBytes _bytes;
    private readonly Dictionary<ushort, TiffField> _fields = [];

    private TiffDirectory(ClipBytes bytes, bool isLittle) => (_bytes, IsLittleEndian) = (bytes, isLittle);

    /// <summary>True where numbers have their lowest byte first.</summary>
    public bool IsLittleEndian { get; }

    /// <summary>True for the beginning of a TIFF file with addresses of 32 bits.</summary>
    public static bool Begins(ReadOnlySpan<byte> head) => head.StartsWith("II*\0"u8) || head.StartsWith("MM\0*"u8);

    /// <summary>Reads the first directory of a file; null where it has none, or is no TIFF.</summary>
    public static TiffDirectory? Read(ClipBytes bytes)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (bytes.ReadAt(0, header) < HeaderBytes || !Begins(header))
        {
            return null;
        }

        var directory = new TiffDirectory(bytes, header[0] == 'I');
        long start = directory.Number(header[4..], sizeof(uint));
        Span<byte> count = stackalloc byte[sizeof(ushort)];
        if (bytes.ReadAt(start, count) < count.Length)
        {
            return null;
        }

        byte[] entries = new byte[directory.Number(count, sizeof(ushort)) * EntryBytes];
        int read = Math.Max(0, bytes.ReadAt(start + count.Length, entries));
        for (int at = 0; at + EntryBytes <= read; at += EntryBytes)
        {
            ReadOnlySpan<byte> entry = entries.AsSpan(at, EntryBytes);
            var field = new TiffField((ushort)directory.Number(entry[2..], sizeof(ushort)), directory.Number(entry[4..], sizeof(uint)), entry[8..].ToArray());
            directory._fields.TryAdd((ushort)directory.Number(entry, sizeof(ushort)), field);
        }

        return directory;
    }

    /// <summary>True where the picture has a field.</summary>
    public bool Has(ushort tag) => _fields.ContainsKey(tag);

    /// <summary>A field's type and number of values, and the bytes of those as they stand in the file; null where it is not there.</summary>
    public (ushort Type, uint Count, byte[] Value)? Field(ushort tag)
    {
        long length = _fields.TryGetValue(tag, out TiffField field) ? (long)field.Count * field.ElementBytes : 0;
        if (length is <= 0 or > MaxValueBytes)
        {
            return null;
        }

        byte[] value = new byte[length];
        if (length <= sizeof(uint))
        {
            field.ValueOrOffset.AsSpan(0, value.Length).CopyTo(value);
            return (field.Type, field.Count, value);
        }

        return _bytes.ReadAt(Number(field.ValueOrOffset, sizeof(uint)), value) == value.Length ? (field.Type, field.Count, value) : null;
    }

    /// <summary>The numbers of a field; empty where it is not there.</summary>
    public uint[] Numbers(ushort tag)
    {
        if (Field(tag) is not var (_, count, value) || value.Length / count > sizeof(uint))
        {
            return [];
        }

        int each = (int)(value.Length / count);
        uint[] numbers = new uint[count];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = Number(value.AsSpan(i * each), each);
        }

        return numbers;
    }

    /// <summary>The first number of a field.</summary>
    /// <param name="tag">The field.</param>
    /// <param name="otherwise">What it is where the field is not there.</param>
    public uint First(ushort tag, uint otherwise) => Numbers(tag) is [var first, ..] ? first : otherwise;

    private uint Number(ReadOnlySpan<byte> bytes, int length) => (length, IsLittleEndian) switch
    {
        (1, _) => bytes[0],
        (2, true) => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        (2, false) => BinaryPrimitives.ReadUInt16BigEndian(bytes),
        (_, true) => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        _ => BinaryPrimitives.ReadUInt32BigEndian(bytes),
    };

    private readonly record struct TiffField(ushort Type, uint Count, byte[] ValueOrOffset)
    {
        /// <summary>Bytes of one value of the field's type; 0 for types that TIFF 6.0 does not know.</summary>
        public int ElementBytes => Type switch
        {
            1 or 2 or 6 or 7 => 1,
            3 or 8 => 2,
            4 or 9 or 11 or 13 => 4,
            5 or 10 or 12 => 8,
            _ => 0,
        };
    }
}
