using ClipGuard.Media.Libav.Bytes;
using ClipGuard.Media.Libav.Formats;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Distrust;

/// <summary>
/// Pictures of AVIF and HEIC files that are put together from others (a grid, an overlay), or whose alpha is: FFmpeg finds no picture, or one of the parts.
/// It is given the first part of a grid as the file's main picture, and <see cref="Pictures.HeifGridDecode"/> decodes all of them; what cannot be decoded
/// so is refused. How a picture is turned and where it is transparent is read from the boxes (<see cref="HeifMainPicture"/>), which FFmpeg passes over.
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

        if (item.Coding is "iovl" or "iden" || (item.Coding == "grid" && item.Grid is null))
        {
            return new Distrusted($"The picture is put together from others ({item.Coding}) in a way that cannot be read.") { IsRefused = true };
        }

        if (item.AlphaCoding is { } alpha && (alpha != item.Coding || item.AlphaGrid?.Coding != item.Grid?.Coding))
        {
            return new Distrusted($"The picture's alpha is coded otherwise than the picture ({alpha}), which cannot be read.") { IsRefused = true };
        }

        if (item.IsCut)
        {
            return new Distrusted("A part of the picture is to be shown (clap), which is not cut out here.") { IsRefused = true };
        }

        return item.Grid is not { } grid ? null
            : item.WithFirstCodedAsMain(bytes) is { } instead
                ? new Distrusted($"The picture is put together from {grid.Items.Count} others ({grid.Coding}), which are decoded one by one.")
                {
                    Instead = instead,
                    Picture = item,
                }
            : new Distrusted("The picture is put together from others whose numbers are too large.") { IsRefused = true };
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
