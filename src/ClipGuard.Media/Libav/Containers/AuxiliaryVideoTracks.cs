using ClipGuard.Media.Libav.Bytes;
using ClipGuard.Media.Libav.Formats;

namespace ClipGuard.Media.Libav.Containers;

/// <summary>
/// The tracks of an MP4 or an animated AVIF that go with another one, as alpha or depth do: their handler is <c>auxv</c> (ISO/IEC 14496-12, 12.1).
/// libavformat takes them for video like any other.
/// </summary>
internal static class AuxiliaryVideoTracks
{
    private const int NameOffset = 8;

    /// <summary>The numbers that the file gives them, which are libavformat's stream ids.</summary>
    public static HashSet<int> Find(ClipBytes bytes)
    {
        HashSet<int> found = [];
        if (IsoBox.Find(bytes, 0, bytes.Length, "moov"u8) is not { } movie)
        {
            return found;
        }

        foreach (IsoBox track in IsoBox.In(bytes, movie.Start, movie.End).Where(box => box.Name == IsoBox.Named("trak"u8)))
        {
            byte[] handler = track.Find(bytes, "mdia"u8)?.Find(bytes, "hdlr"u8)?.Content(bytes, NameOffset + 4) ?? [];
            byte[] header = track.Find(bytes, "tkhd"u8)?.Content(bytes, 24) ?? [];
            if (handler.AsSpan().EndsWith("auxv"u8) && header.Length == 24)
            {
                // The number stands behind two times, which version 1 has twice as long.
                var reader = new BoxFieldReader(header);
                reader.Skip(header[0] == 0 ? 12 : 20);
                found.Add((int)reader.Number(4));
            }
        }

        return found;
    }
}
