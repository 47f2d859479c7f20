using System.Buffers.Binary;

using NUnit.Framework;

namespace ClipGuard.Tests.Support;

/// <summary>Gives an upright MP4 another display matrix, byte by byte: each release of the ffmpeg program has another option for it.</summary>
internal static class RotatedVideo
{
    private const int One = 1 << 16;

    // From "tkhd" to the matrix, in version 0: version and flags, five numbers, eight reserved bytes, four half numbers.
    private const int MatrixOffset = 4 + 4 + (5 * 4) + 8 + 8;

    /// <summary>The video with the matrix by which x is mapped to a·x + c·y and y to b·x + d·y, both axes running right and down.</summary>
    public static byte[] WithMatrix(byte[] film, int a, int b, int c, int d)
    {
        Span<byte> matrix = film.AsSpan(film.AsSpan().IndexOf("tkhd"u8) + MatrixOffset);
        Assert.That(BinaryPrimitives.ReadInt32BigEndian(matrix), Is.EqualTo(One), "an upright film's matrix begins with 1");
        BinaryPrimitives.WriteInt32BigEndian(matrix, a * One);
        BinaryPrimitives.WriteInt32BigEndian(matrix[4..], b * One);
        BinaryPrimitives.WriteInt32BigEndian(matrix[12..], c * One);
        BinaryPrimitives.WriteInt32BigEndian(matrix[16..], d * One);
        return film;
    }
}
