namespace ClipGuard.Media.Libav.Formats;

/// <summary>The numbers of TIFF's fields (TIFF 6.0; technical note 2 for JPEG; DNG 1.6).</summary>
internal static class TiffTag
{
    public const ushort Width = 256;
    public const ushort Height = 257;
    public const ushort BitsPerSample = 258;
    public const ushort Compression = 259;
    public const ushort Photometric = 262;
    public const ushort FillOrder = 266;
    public const ushort StripOffsets = 273;
    public const ushort Orientation = 274;
    public const ushort SamplesPerPixel = 277;
    public const ushort RowsPerStrip = 278;
    public const ushort StripBytes = 279;
    public const ushort PlanarConfiguration = 284;
    public const ushort Group3Options = 292;
    public const ushort Group4Options = 293;
    public const ushort Predictor = 317;
    public const ushort ColorMap = 320;
    public const ushort TileWidth = 322;
    public const ushort TileHeight = 323;
    public const ushort TileOffsets = 324;
    public const ushort TileBytes = 325;
    public const ushort ExtraSamples = 338;
    public const ushort SampleFormat = 339;
    public const ushort JpegTables = 347;
    public const ushort YcbcrCoefficients = 529;
    public const ushort YcbcrSubsampling = 530;
    public const ushort YcbcrPositioning = 531;
    public const ushort ReferenceBlackWhite = 532;
    public const ushort DngVersion = 50706;
}
