using ClipGuard.Media.Libav.Bytes;
using ClipGuard.Media.Libav.Formats;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Distrust;

/// <summary>
/// Pictures of AVIF and HEIC files that are put together from others (a grid, an overlay), or whose alpha is: FFmpeg finds no picture, or one of the parts.
/// How a picture of one part is turned and where it is transparent is read from the boxes (<see cref="HeifMainPicture"/>), which FFmpeg passes over.
/// </summary>
internal sealed class HeifPictures : IDistrustRule
{
    // A file's first box names its kinds, four letters each; files have up to a dozen.
    private const int MostBrandBytes = 256;

    /// <inheritdoc/>
    public Distrusted? Find(ReadOnlySpan<byte> head, ClipBytes bytes, AVMediaType? wanted)
    {
        if (wanted == AVMediaType.AVMEDIA_TYPE_AUDIO || !HasBrand(head) || IsoBox.Find(bytes, 0, bytes.Length, "moov"u8) is not null
            || HeifMainPicture.Main(bytes) is not { } item)
        {
            return null;
        }

        return item.Coding is "grid" or "iovl" or "iden"
            ? new Distrusted($"The picture is put together from others ({item.Coding}), which cannot be read.") { IsRefused = true }
            : item.AlphaCoding is { } alpha && alpha != item.Coding
                ? new Distrusted($"The picture's alpha is coded otherwise than the picture ({alpha}), which cannot be read.") { IsRefused = true }
            : null;
    }

    private static bool HasBrand(ReadOnlySpan<byte> head)
    {
        if (head.Length < 8 || !head[4..].StartsWith("ftyp"u8))
        {
            return false;
        }

        ReadOnlySpan<byte> brands = head[8..Math.Min(head.Length, MostBrandBytes)];
        return brands.IndexOf("avif"u8) >= 0 || brands.IndexOf("mif1"u8) >= 0 || brands.IndexOf("hei"u8) >= 0;
    }
}
