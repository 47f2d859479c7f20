using System.Buffers.Binary;

using ClipGuard.Media.Libav.Bytes;

namespace ClipGuard.Media.Libav.Containers.Claims;

/// <summary>
/// The size that a picture's own header claims, read without FFmpeg. FFmpeg's demuxers of single pictures read the whole file into a packet before a
/// decoder sees a header, so that a large file costs its own size twice before its picture is refused. Of videos, FLV alone.
/// </summary>
internal static class ClaimedPicture
{
    // Where width and height stand in headers that have them at fixed places. A number of two bytes is half as long as one of four.
    private static readonly Dictionary<string, Place> Places = new(StringComparer.Ordinal)
    {
        ["png_pipe"] = new(Width: 16, Height: 20, Bytes: 4, BigEndian: true),
        ["sunrast_pipe"] = new(Width: 4, Height: 8, Bytes: 4, BigEndian: true),
        ["xwd_pipe"] = new(Width: 16, Height: 20, Bytes: 4, BigEndian: true),
        ["qoi_pipe"] = new(Width: 4, Height: 8, Bytes: 4, BigEndian: true),
        ["psd_pipe"] = new(Width: 18, Height: 14, Bytes: 4, BigEndian: true),
        ["sgi_pipe"] = new(Width: 6, Height: 8, Bytes: 2, BigEndian: true),
        ["dds_pipe"] = new(Width: 16, Height: 12, Bytes: 4, BigEndian: false),
    };

    // Known by their names alone.
    private static readonly Place Tga = new(Width: 12, Height: 14, Bytes: 2, BigEndian: false);

    /// <summary>Width and height in pixels; null where the format is not known here, or its header cannot be read.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="demuxer">FFmpeg's name of the demuxer that its content was recognised by.</param>
    public static (long Width, long Height)? SizeOf(ClipBytes bytes, string demuxer) => demuxer switch
    {
        "bmp_pipe" => OfBmp(bytes),
        "dpx_pipe" => OfDpx(bytes),
        "exr_pipe" => ExrHeader.SizeOf(bytes),
        "flv" => FlvHeader.SizeOf(bytes),
        "tiff_pipe" => TiffHeader.SizeOf(bytes),
        "pbm_pipe" or "pgm_pipe" or "pgmyuv_pipe" or "ppm_pipe" or "pam_pipe" or "pfm_pipe" or "phm_pipe" => PnmHeader.SizeOf(bytes),
        "image2pipe" => bytes.Name.EndsWith(".tga", StringComparison.OrdinalIgnoreCase) ? Read(bytes, Tga) : PnmHeader.SizeOf(bytes),
        _ => Places.TryGetValue(demuxer, out Place place) ? Read(bytes, place) : null,
    };

    private static (long Width, long Height)? OfBmp(ClipBytes bytes)
    {
        // The oldest kind (OS/2) has a header of 12 bytes and sizes of two. Later ones give a negative height to pictures that begin at the top.
        const int Version = 14;
        const uint OldHeader = 12;
        Span<byte> version = stackalloc byte[4];
        return bytes.ReadAt(Version, version) != version.Length ? null
            : BinaryPrimitives.ReadUInt32LittleEndian(version) == OldHeader ? Read(bytes, new Place(18, 20, 2, BigEndian: false))
            : Read(bytes, new Place(18, 22, 4, BigEndian: false)) is var (width, height) ? (width, Math.Abs((int)height))
            : null;
    }

    private static (long Width, long Height)? OfDpx(ClipBytes bytes)
    {
        Span<byte> magic = stackalloc byte[4];
        return bytes.ReadAt(0, magic) == magic.Length ? Read(bytes, new Place(772, 776, 4, BigEndian: magic.SequenceEqual("SDPX"u8))) : null;
    }

    private static (long Width, long Height)? Read(ClipBytes bytes, Place place) =>
        Number(bytes, place.Width, place) is { } width && Number(bytes, place.Height, place) is { } height ? (width, height) : null;

    private static long? Number(ClipBytes bytes, int offset, Place place)
    {
        Span<byte> number = stackalloc byte[place.Bytes];
        return bytes.ReadAt(offset, number) != number.Length ? null : (place.Bytes, place.BigEndian) switch
        {
            (2, true) => BinaryPrimitives.ReadUInt16BigEndian(number),
            (2, false) => BinaryPrimitives.ReadUInt16LittleEndian(number),
            (_, true) => BinaryPrimitives.ReadUInt32BigEndian(number),
            (_, false) => BinaryPrimitives.ReadUInt32LittleEndian(number),
        };
    }

    /// <summary>Offsets of two unsigned numbers within a header.</summary>
    private readonly record struct Place(int Width, int Height, int Bytes, bool BigEndian);
}
