using System.Buffers.Binary;
using System.Text;

namespace ClipGuard.Manifests;

/// <summary>One 512-byte header block of a tar archive, in any of its formats (V7, ustar, GNU, pax).</summary>
/// <param name="block">The block.</param>
internal readonly ref struct TarHeader(ReadOnlySpan<byte> block)
{
    /// <summary>Bytes of a block: headers are one, and contents are padded to a multiple.</summary>
    public const int BlockBytes = 512;

    // Places of the fields, as in POSIX.1-1988 and GNU tar's own format.
    private static readonly Range NameField = 0..100;
    private static readonly Range SizeField = 124..136;
    private static readonly Range ModifiedField = 136..148;
    private static readonly Range ChecksumField = 148..156;
    private static readonly Range LinkField = 157..257;
    private static readonly Range PrefixField = 345..500;
    private const int TypeAt = 156;
    private const int MagicAt = 257;
    private const int SparseExtendedAt = 482;

    private readonly ReadOnlySpan<byte> _block = block;

    /// <summary>Whether the block holds zeros alone, as the two at an archive's end.</summary>
    public bool IsEmpty => _block.IndexOfAnyExcept((byte)0) < 0;

    /// <summary>Whether the sum of the bytes is the one that the header tells. Some old writers took bytes for signed.</summary>
    public bool HasRightChecksum
    {
        get
        {
            int unsigned = 0;
            int signed = 0;
            for (int at = 0; at < _block.Length; at++)
            {
                byte value = at >= ChecksumField.Start.Value && at < ChecksumField.End.Value ? (byte)' ' : _block[at];
                unsigned += value;
                signed += unchecked((sbyte)value);
            }

            return Number(_block[ChecksumField]) is { } told && (told == unsigned || told == signed);
        }
    }

    /// <summary>What kind of entry it begins.</summary>
    public char Type => (char)_block[TypeAt];

    /// <summary>Bytes of its content; null where the field is no number, or a negative one.</summary>
    public long? Size => Number(_block[SizeField]);

    /// <summary>The time that it tells, as it tells it.</summary>
    public string Modified => TextOf(_block[ModifiedField]);

    /// <summary>What a link leads to.</summary>
    public string LinkTarget => TextOf(_block[LinkField]);

    /// <summary>The name, as far as the header itself tells it. GNU's format has other fields in the place of ustar's prefix.</summary>
    public string Name
    {
        get
        {
            string name = TextOf(_block[NameField]);
            string prefix = _block[MagicAt..].StartsWith("ustar\0"u8) ? TextOf(_block[PrefixField]) : string.Empty;
            return prefix.Length == 0 ? name : $"{prefix}/{name}";
        }
    }

    /// <summary>Whether blocks with more of a sparse file's map stand between an old GNU sparse header and the content.</summary>
    public bool HasMoreOfSparseMap => _block[SparseExtendedAt] != 0;

    /// <summary>The text of a field that ends with its first NUL, or with the field.</summary>
    public static string TextOf(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }

    // Octal digits between spaces and NULs or, where they are too few, GNU's and star's big-endian number behind a first bit that is set.
    private static long? Number(ReadOnlySpan<byte> field)
    {
        if (field[0] == 0x80)
        {
            return field[1..^8].IndexOfAnyExcept((byte)0) < 0 && BinaryPrimitives.ReadInt64BigEndian(field[^8..]) is >= 0 and var large ? large : null;
        }

        ReadOnlySpan<byte> digits = field.Trim(" \0"u8);
        long value = 0;
        foreach (byte digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'7')
            {
                return null;
            }

            value = (value << 3) + (digit - '0');
        }

        return value;
    }
}
