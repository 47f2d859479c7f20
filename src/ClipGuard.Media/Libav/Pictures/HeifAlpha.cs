using ClipGuard.Media.Libav.Formats;
using ClipGuard.Media.Libav.Tracks;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Pictures;

/// <summary>The alpha of an AVIF, which is a picture of its own in the same file. libavformat of FFmpeg 5.1 does not know of it.</summary>
internal static unsafe class HeifAlpha
{
    private const long MaxBytes = 1 << 28;

    /// <summary>Decodes it.</summary>
    /// <param name="session">The decode.</param>
    /// <param name="track">The track of the main picture, which is coded in the same way.</param>
    /// <param name="item">The main picture.</param>
    /// <param name="alpha">Receives the alpha; empty.</param>
    /// <returns>False where it is damaged or missing.</returns>
    public static bool Decode(DecodeState session, Track track, HeifMainPicture item, AVFrame* alpha)
    {
        using StillDecoder? decoder = StillDecoder.Open(session, track.Codec->codec);
        return decoder is not null && Encoded(track, item) is { Length: > 0 } encoded && decoder.Decode(encoded, alpha, out bool damaged) && !damaged;
    }

    private static byte[] Encoded(Track track, HeifMainPicture item)
    {
        long length = item.Alpha.Sum(extent => Math.Clamp(extent.Length, 0, MaxBytes));
        if (length is 0 or > MaxBytes || item.Alpha.Any(extent => extent.Start < 0 || extent.Length < 0))
        {
            return [];
        }

        byte[] encoded = new byte[length];
        int at = 0;
        foreach ((long start, long bytes) in item.Alpha)
        {
            if (track.Container.Bytes.ReadAt(start, encoded.AsSpan(at, (int)bytes)) != bytes)
            {
                return [];
            }

            at += (int)bytes;
        }

        return encoded;
    }
}
