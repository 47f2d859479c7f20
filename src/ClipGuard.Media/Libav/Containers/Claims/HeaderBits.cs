namespace ClipGuard.Media.Libav.Containers.Claims;

/// <summary>Reads numbers of any length from a codec's header, the highest bit first. Beyond the end there are zeros, and <see cref="IsOver"/>.</summary>
/// <param name="bytes">The header.</param>
internal ref struct HeaderBits(ReadOnlySpan<byte> bytes)
{
    // Longer codes are in no header.
    private const int MostZeros = 31;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position;

    /// <summary>True once more was read than there is: what was read is no number of the header's.</summary>
    public bool IsOver { get; private set; }

    /// <summary>A number of so many bits, at most 32.</summary>
    public uint Read(int count)
    {
        uint number = 0;
        for (int i = 0; i < count; i++, _position++)
        {
            IsOver |= _position >= _bytes.Length * 8;
            number = (number << 1) | (IsOver ? 0u : (uint)(_bytes[_position / 8] >> (7 - (_position % 8))) & 1);
        }

        return number;
    }

    /// <summary>Passes over so many bits.</summary>
    public void Skip(int count) => _position += count;

    /// <summary>An unsigned number in Exp-Golomb code, ue(v).</summary>
    public uint ReadExp()
    {
        int zeros = 0;
        while (!IsOver && Read(1) == 0)
        {
            zeros++;
        }

        IsOver |= zeros > MostZeros;
        return IsOver ? 0 : (1u << zeros) - 1 + Read(zeros);
    }

    /// <summary>A signed one, se(v).</summary>
    public int ReadSignedExp()
    {
        uint code = ReadExp();
        return (code & 1) == 0 ? -(int)(code / 2) : (int)((code / 2) + 1);
    }
}
