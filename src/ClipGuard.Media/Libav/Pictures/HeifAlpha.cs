using ClipGuard.Media.Libav.Formats;
using ClipGuard.Media.Libav.Tracks;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Pictures;

/// <summary>The alpha of an AVIF or HEIC, which is a picture of its own in the same file. libavformat of FFmpeg 5.1 does not know of it.</summary>
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
        if (item.AlphaGrid is { } grid)
        {
            return HeifGridDecode.Decode(session, track, grid, alpha, out bool isDamaged) && !isDamaged;
        }

        using StillDecoder? decoder = StillDecoder.Open(session, track.Codec->codec, track.Stream->codecpar, item.AlphaConfiguration);
        return decoder is not null && item.Alpha.Read(track.Container.Bytes, MaxBytes) is { Length: > 0 } encoded
            && decoder.Decode(encoded, alpha, out bool damaged) && !damaged;
    }
}
