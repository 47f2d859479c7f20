namespace ClipGuard.Manifests;

/// <summary>Numbers in as few bytes as they need, seven bits in each: LEB128, and zigzag for those with a sign, as Protocol Buffers have them.</summary>
internal static class VariableLengthInteger
{
    /// <summary>The most bytes of a number.</summary>
    public const int MaxBytes = 10;

    private const int BitsInByte = 7;
    private const int GoesOn = 1 << BitsInByte;

    /// <summary>Writes a number.</summary>
    /// <param name="bytes">Where it goes.</param>
    /// <param name="end">The first free byte there; afterwards the next.</param>
    /// <param name="number">The number.</param>
    public static void Write(Span<byte> bytes, ref int end, ulong number)
    {
        for (; number >= GoesOn; number >>= BitsInByte)
        {
            bytes[end++] = (byte)(number | GoesOn);
        }

        bytes[end++] = (byte)number;
    }

    /// <summary>Reads a number.</summary>
    /// <param name="bytes">Where it is.</param>
    /// <param name="at">Its first byte; afterwards the one behind it.</param>
    public static ulong Read(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong number = 0;
        for (int shift = 0; ; shift += BitsInByte)
        {
            byte next = bytes[at++];
            number |= (ulong)(next & (GoesOn - 1)) << shift;
            if (next < GoesOn)
            {
                return number;
            }
        }
    }

    /// <summary>A number with a sign as one without: small ones stay small.</summary>
    public static ulong Unsigned(long number) => (ulong)((number << 1) ^ (number >> 63));

    /// <summary>The number that <see cref="Unsigned"/> made another of.</summary>
    public static long Signed(ulong number) => (long)(number >> 1) ^ -(long)(number & 1);
}
