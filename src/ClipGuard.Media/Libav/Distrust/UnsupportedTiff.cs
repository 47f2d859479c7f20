using ClipGuard.Media.Libav.Bytes;
using ClipGuard.Media.Libav.Formats;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Distrust;

/// <summary>
/// TIFFs that are whole and that FFmpeg does not read: of 64-bit addresses, compressed or coloured in a way that it does not know, or of floats,
/// for which there is no white. It says of some that their data is invalid, as it says of damaged ones.
/// </summary>
internal sealed class UnsupportedTiff : IDistrustRule
{
    private const uint Floats = 3;

    /// <inheritdoc/>
    public Distrusted? Find(ReadOnlySpan<byte> head, ClipBytes bytes, AVMediaType? wanted)
    {
        if (head.StartsWith("II+\0\b\0\0\0"u8) || head.StartsWith("MM\0+\0\b\0\0"u8))
        {
            return Refused("64-bit addresses (BigTIFF)");
        }

        if (!TiffDirectory.Begins(head) || TiffDirectory.Read(bytes) is not { } tiff || tiff.Has(TiffTag.DngVersion))
        {
            return null;
        }

        return Compression(tiff.First(TiffTag.Compression, 1)) is { } compression ? Refused($"{compression} compression")
            : Colours(tiff.First(TiffTag.Photometric, 2)) is { } colours ? Refused($"{colours} colours")
            : tiff.First(TiffTag.SampleFormat, 1) == Floats ? Refused("samples that are floats")
            : null;
    }

    private static Distrusted Refused(string what) => new($"A TIFF with {what} cannot be read.") { IsRefused = true };

    // Those that FFmpeg's decoder knows: none, CCITT (2 to 4), LZW, JPEG, deflate (8 and 32946), PackBits, LZMA.
    private static string? Compression(uint number) => number switch
    {
        1 or 2 or 3 or 4 or 5 or 7 or 8 or 32773 or 32946 or 34925 => null,
        6 => "old-style JPEG",
        34661 => "JBIG",
        34712 or 33003 or 33005 => "JPEG 2000",
        34887 => "LERC",
        34892 => "lossy JPEG",
        50000 => "Zstandard",
        50001 => "WebP",
        50002 or 52546 => "JPEG XL",
        _ => $"unknown ({number})",
    };

    private static string? Colours(uint number) => number switch
    {
        8 => "CIE L*a*b*",
        9 => "ICC L*a*b*",
        10 => "ITU L*a*b*",
        32844 or 32845 => "LogLuv",
        _ => null,
    };
}
