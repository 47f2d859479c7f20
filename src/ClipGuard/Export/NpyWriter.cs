using System.Buffers.Binary;
using System.Text;

using ClipGuard.Media;

namespace ClipGuard.Export;

/// <summary>Writes NumPy's array file, format version 1.0, in C order: <c>numpy.load</c> reads it.</summary>
internal static class NpyWriter
{
    // The format asks that the data begin at a multiple of this.
    private const int Alignment = 64;
    private const int PrefixBytes = 10;

    public static void Write(Stream file, ElementType element, IReadOnlyList<int> shape, ReadOnlySpan<byte> data)
    {
        string type = element == ElementType.Float32 ? "<f4" : "|u1";
        string dimensions = string.Concat(shape.Select(length => $"{length}, ")).TrimEnd();
        string description = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({dimensions}), }}";
        int unpadded = PrefixBytes + description.Length + 1;
        int total = (unpadded + Alignment - 1) / Alignment * Alignment;

        byte[] header = new byte[total];
        header[0] = 0x93;
        "NUMPY\u0001\0"u8.CopyTo(header.AsSpan(1));
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), (ushort)(total - PrefixBytes));
        Encoding.ASCII.GetBytes(description.PadRight(total - PrefixBytes - 1) + "\n", header.AsSpan(PrefixBytes));
        file.Write(header);
        file.Write(data);
    }
}
