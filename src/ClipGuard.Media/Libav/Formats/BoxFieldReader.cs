namespace ClipGuard.Media.Libav.Formats;

/// <summary>Reads a box's fields one after the other. Beyond the end all are 0.</summary>
internal sealed class BoxFieldReader(byte[] content)
{
    private int _position;

    /// <summary>True once a field was asked for that is not there.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>The next number, highest byte first.</summary>
    /// <param name="bytes">Its length, 0 to 8; of 8 bytes the lower four count.</param>
    public uint Number(int bytes) => (uint)Long(bytes);

    /// <summary>The next number, highest byte first.</summary>
    /// <param name="bytes">Its length, 0 to 8.</param>
    public long Long(int bytes)
    {
        if (bytes > content.Length - _position)
        {
            (IsAtEnd, _position) = (true, content.Length);
            return 0;
        }

        ulong number = 0;
        for (int i = 0; i < bytes; i++)
        {
            number = (number << 8) | content[_position++];
        }

        return (long)number;
    }

    /// <summary>The next four letters.</summary>
    public string Letters() => string.Create(4, Number(4), static (text, name) =>
    {
        for (int i = 0; i < text.Length; i++)
        {
            text[i] = (char)((name >> (24 - (8 * i))) & 0xFF);
        }
    });

    /// <summary>Passes over some bytes.</summary>
    public void Skip(int bytes)
    {
        IsAtEnd |= bytes > content.Length - _position;
        _position = Math.Min(content.Length, _position + bytes);
    }
}
