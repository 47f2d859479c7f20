using ClipGuard.Media.Libav.Bytes;

namespace ClipGuard.Media.Libav.Formats;

/// <summary>
/// A TIFF whose pixels lie in tiles, or in strips of JPEG. FFmpeg's decoder knows neither and leaves such a picture black without a word; each piece by itself,
/// written as a small TIFF of one strip or as a JPEG file, it decodes.
/// </summary>
internal sealed class TiffPieces
{
    private const uint Jpeg = 7;
    private const uint Rgb = 2;
    private const uint Ycbcr = 6;
    private const uint PlanesApart = 2;

    // An offset and a length for each; beyond this the file is none.
    private const long MaxPieces = 1 << 20;

    private static ReadOnlySpan<byte> EndOfImage => [0xFF, 0xD9];

    private readonly ClipBytes _bytes;
    private readonly TiffDirectory _directory;
    private readonly uint[] _offsets;
    private readonly uint[] _lengths;
    private readonly int _planes;

    private TiffPieces(ClipBytes bytes, TiffDirectory directory, (uint Width, uint Height) size, (uint Width, uint Height) piece, bool isTiled)
    {
        (_bytes, _directory) = (bytes, directory);
        (Width, Height) = ((int)size.Width, (int)size.Height);
        (PieceWidth, PieceHeight) = ((int)piece.Width, (int)piece.Height);
        Across = (int)((size.Width + piece.Width - 1) / piece.Width);
        Down = (int)((size.Height + piece.Height - 1) / piece.Height);
        IsJpeg = directory.First(TiffTag.Compression, 1) == Jpeg;
        _planes = directory.First(TiffTag.PlanarConfiguration, 1) == PlanesApart ? (int)Math.Min(8, directory.First(TiffTag.SamplesPerPixel, 1)) : 1;
        _offsets = directory.Numbers(isTiled && directory.Has(TiffTag.TileOffsets) ? TiffTag.TileOffsets : TiffTag.StripOffsets);
        _lengths = directory.Numbers(isTiled && directory.Has(TiffTag.TileBytes) ? TiffTag.TileBytes : TiffTag.StripBytes);
    }

    public int Width { get; }

    public int Height { get; }

    public int PieceWidth { get; }

    public int PieceHeight { get; }

    /// <summary>How the whole picture is turned: an EXIF orientation.</summary>
    public int Orientation => (int)_directory.First(TiffTag.Orientation, 1);

    /// <summary>Pieces side by side.</summary>
    public int Across { get; }

    /// <summary>Pieces one below the other.</summary>
    public int Down { get; }

    /// <summary>FFmpeg's name of the decoder that takes a piece.</summary>
    public string Decoder => IsJpeg ? "mjpeg" : "tiff";

    private bool IsJpeg { get; }

    /// <summary>Why the pieces cannot be decoded one by one; null where they can.</summary>
    public string? Unsupported => !IsJpeg ? null
        : _directory.Numbers(TiffTag.BitsPerSample).Any(bits => bits != 8) ? "JPEG of other than 8 bits"
        : _planes > 1 ? "JPEG with each colour apart"
        : _directory.First(TiffTag.SamplesPerPixel, 1) is not (1 or 3) ? "JPEG of other than gray or three colours"
        : null;

    /// <summary>The pieces of a file's first picture; null where FFmpeg reads it by itself, or nothing is told of its size.</summary>
    public static TiffPieces? Of(ClipBytes bytes, TiffDirectory directory)
    {
        // Raw files of cameras have tiles of their own kind, which FFmpeg knows.
        bool isTiled = directory.Has(TiffTag.TileWidth) && directory.Has(TiffTag.TileHeight);
        if (directory.Has(TiffTag.DngVersion) || !(isTiled || directory.First(TiffTag.Compression, 1) == Jpeg))
        {
            return null;
        }

        (uint Width, uint Height) size = (directory.First(TiffTag.Width, 0), directory.First(TiffTag.Height, 0));
        (uint Width, uint Height) piece = isTiled
            ? (directory.First(TiffTag.TileWidth, 0), directory.First(TiffTag.TileHeight, 0))
            : (size.Width, Math.Min(size.Height, directory.First(TiffTag.RowsPerStrip, size.Height)));
        bool fits = size is { Width: > 0 and <= int.MaxValue / 2, Height: > 0 and <= int.MaxValue / 2 }
            && piece is { Width: > 0 and <= int.MaxValue / 2, Height: > 0 and <= int.MaxValue / 2 };
        return fits && (((long)size.Width - 1) / piece.Width + 1) * (((long)size.Height - 1) / piece.Height + 1) <= MaxPieces
            ? new TiffPieces(bytes, directory, size, piece, isTiled) : null;
    }

    /// <summary>A piece as a file of its own; empty where its bytes are not there.</summary>
    /// <param name="number">Its number, from the top left, row by row.</param>
    public byte[] File(int number)
    {
        var planes = new byte[_planes][];
        for (int plane = 0; plane < _planes; plane++)
        {
            planes[plane] = Encoded((plane * Across * Down) + number);
            if (planes[plane].Length == 0)
            {
                return [];
            }
        }

        return IsJpeg ? JpegFile(planes[0]) : TileTiffWriter.Write(_directory, PieceWidth, PieceHeight, planes);
    }

    private byte[] Encoded(int index)
    {
        long length = index < _offsets.Length && index < _lengths.Length ? _lengths[index] : 0;
        if (length == 0 || length > _bytes.Length - _offsets[index] || length > int.MaxValue / 2)
        {
            return [];
        }

        byte[] encoded = new byte[length];
        return _bytes.ReadAt(_offsets[index], encoded) == encoded.Length ? encoded : [];
    }

    // The tables that all pieces share stand in a field, as a JPEG file without a picture. Which colours the components are, TIFF says in a field, and a JPEG
    // file in Adobe's segment: 0 for RGB, 1 for YCbCr.
    private byte[] JpegFile(byte[] piece)
    {
        const int Marker = 2;
        byte[] tables = _directory.Field(TiffTag.JpegTables)?.Value ?? [];
        ReadOnlySpan<byte> shared = tables.Length >= 2 * Marker && tables.AsSpan().EndsWith(EndOfImage) ? tables.AsSpan(Marker..^Marker) : default;
        uint colors = _directory.First(TiffTag.Photometric, Ycbcr);
        byte[] adobe = colors is Rgb or Ycbcr ? [0xFF, 0xEE, 0, 14, .. "Adobe"u8, 0, 100, 0, 0, 0, 0, (byte)(colors == Rgb ? 0 : 1)] : [];
        return piece.Length < Marker ? [] : [.. piece.AsSpan(0, Marker), .. adobe, .. shared, .. piece.AsSpan(Marker)];
    }

}
