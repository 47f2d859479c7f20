using System.Buffers.Binary;

namespace ClipGuard.Benchmarks.Fuzzing;

/// <summary>
/// One damaged copy of a file, told by seed and number alone, so that any of them can be made again. Half of the changes fall on the first kilobyte, where
/// headers are; the rest falls anywhere.
/// </summary>
internal static class Mutation
{
    private const int HeaderBytes = 1024;
    private const int MostChanges = 8;

    private static readonly uint[] Odd = [0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFE, 0xFFFF_FFFF];

    /// <summary>Makes a damaged copy.</summary>
    /// <param name="original">The file.</param>
    /// <param name="other">Another file, a piece of which may be put in.</param>
    /// <param name="chance">Where the damage comes from.</param>
    public static byte[] Of(byte[] original, byte[] other, Random chance)
    {
        List<byte> bytes = [.. original];
        for (int changes = chance.Next(1, MostChanges + 1); changes > 0 && bytes.Count > 0; changes--)
        {
            Change(bytes, other, chance);
        }

        return [.. bytes];
    }

    private static void Change(List<byte> bytes, byte[] other, Random chance)
    {
        int place = chance.Next(chance.Next(2) == 0 ? Math.Min(HeaderBytes, bytes.Count) : bytes.Count);
        int length = Math.Min(chance.Next(1, 64), bytes.Count - place);
        switch (chance.Next(12))
        {
            case 0 or 1 or 2:
                bytes[place] ^= (byte)(1 << chance.Next(8));
                break;
            case 3 or 4:
                bytes[place] = (byte)chance.Next(256);
                break;
            case 5 or 6 or 7:
                WriteOdd(bytes, place, chance);
                break;
            case 8:
                for (int i = 0; i < length; i++)
                {
                    bytes[place + i] = (byte)chance.Next(256);
                }

                break;
            case 9:
                bytes.RemoveRange(place, length);
                break;
            case 10:
                bytes.InsertRange(place, chance.Next(2) == 0 ? bytes.GetRange(place, length) : Piece(other, chance));
                break;
            default:
                // Cut off; seldom, since little is left to look at.
                if (chance.Next(3) == 0)
                {
                    bytes.RemoveRange(place, bytes.Count - place);
                }

                break;
        }
    }

    private static void WriteOdd(List<byte> bytes, int place, Random chance)
    {
        Span<byte> number = stackalloc byte[sizeof(uint)];
        uint value = Odd[chance.Next(Odd.Length)];
        int width = 1 << chance.Next(3);
        if (chance.Next(2) == 0)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(number, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(number, value << (8 * (sizeof(uint) - width)));
        }

        for (int i = 0; i < width && place + i < bytes.Count; i++)
        {
            bytes[place + i] = number[i];
        }
    }

    private static byte[] Piece(byte[] other, Random chance)
    {
        int start = chance.Next(other.Length);
        return other[start..Math.Min(other.Length, start + chance.Next(1, 256))];
    }
}
