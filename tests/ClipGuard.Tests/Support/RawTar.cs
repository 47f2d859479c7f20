using System.Text;

namespace ClipGuard.Tests.Support;

/// <summary>Tar archives made block by block, right and wrong ones.</summary>
internal static class RawTar
{
    /// <summary>The two blocks of zeros with which an archive ends.</summary>
    public static byte[] End => new byte[1024];

    /// <summary>A header with its checksum.</summary>
    /// <param name="name">At most 100 bytes.</param>
    /// <param name="size">Of the content, in octal digits.</param>
    /// <param name="type">Of the entry.</param>
    /// <param name="link">What it leads to.</param>
    /// <param name="change">Changes the block before its checksum is taken.</param>
    public static byte[] Header(string name, long size, char type = '0', string link = "", Action<byte[]>? change = null)
    {
        byte[] block = new byte[512];
        Encoding.UTF8.GetBytes(name).CopyTo(block, 0);
        Encoding.ASCII.GetBytes("0000644\0").CopyTo(block, 100);
        Encoding.ASCII.GetBytes(Convert.ToString(size, 8).PadLeft(11, '0') + "\0").CopyTo(block, 124);
        Encoding.ASCII.GetBytes("00000000001\0").CopyTo(block, 136);
        block[156] = (byte)type;
        Encoding.UTF8.GetBytes(link).CopyTo(block, 157);
        "ustar\0"u8.CopyTo(block.AsSpan(257));
        "00"u8.CopyTo(block.AsSpan(263));
        change?.Invoke(block);
        block.AsSpan(148, 8).Fill((byte)' ');
        int sum = block.Sum(static value => value);
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(block, 148);
        return block;
    }

    /// <summary>A file with its header.</summary>
    public static byte[] File(string name, string content = "RIFF", char type = '0') =>
        [.. Header(name, Encoding.UTF8.GetByteCount(content), type), .. Padded(content)];

    /// <summary>A pax header with attributes, for the entry behind it.</summary>
    public static byte[] Pax(params (string Key, string Value)[] attributes) => PaxOf('x', string.Concat(attributes.Select(Line)));

    /// <summary>A pax header of a type and a content of one's own.</summary>
    public static byte[] PaxOf(char type, string content) => [.. Header("pax", Encoding.UTF8.GetByteCount(content), type), .. Padded(content)];

    /// <summary>A content with the zeros that fill its last block.</summary>
    public static byte[] Padded(string content)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(content);
        return [.. bytes, .. new byte[(512 - (bytes.Length % 512)) % 512]];
    }

    /// <summary>One attribute, which tells its own length.</summary>
    public static string Line((string Key, string Value) attribute)
    {
        string rest = $" {attribute.Key}={attribute.Value}\n";
        int bytes = Encoding.UTF8.GetByteCount(rest);
        int length = bytes + 1;
        while (length != bytes + length.ToString().Length)
        {
            length = bytes + length.ToString().Length;
        }

        return length + rest;
    }
}
