using ClipGuard.Media.Libav.Formats;
using ClipGuard.Media.Libav.Tracks;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Pictures;

/// <summary>
/// Puts a picture of an AVIF or HEIC file together from pieces that are decoded one by one. FFmpeg's libraries give the pieces as pictures of their own.
/// </summary>
internal static unsafe class HeifGridDecode
{
    private const int MaxPieceBytes = 1 << 28;

    /// <summary>Decodes all pieces.</summary>
    /// <param name="session">The decode.</param>
    /// <param name="track">The track of the first piece.</param>
    /// <param name="grid">The picture.</param>
    /// <param name="frame">Receives it; empty.</param>
    /// <param name="damaged">True where a piece is damaged or missing. What is missing is 0.</param>
    /// <returns>False where no piece came out.</returns>
    public static bool Decode(DecodeState session, Track track, HeifGrid grid, AVFrame* frame, out bool damaged)
    {
        damaged = true;
        using StillDecoder? decoder = StillDecoder.Open(session, track.Codec->codec, track.Stream->codecpar, grid.Configuration);
        if (decoder is null || (long)grid.Width * grid.Height > session.Limits.MaxFramePixels)
        {
            return false;
        }

        damaged = false;
        AVFrame* piece = ffmpeg.av_frame_alloc();
        for (int i = 0; i < grid.Pieces.Count && !session.ShouldStop(); i++)
        {
            bool came = grid.Pieces[i].Read(track.Container.Bytes, MaxPieceBytes) is { Length: > 0 } encoded
                && decoder.Decode(encoded, piece, out bool pieceDamaged) && !pieceDamaged;
            (int x, int y) = (i % grid.Columns * grid.Piece.Width, i / grid.Columns * grid.Piece.Height);
            damaged |= !came || !PieceMosaic.Place(frame, (grid.Width, grid.Height), piece, x, y, grid.Piece);
            ffmpeg.av_frame_unref(piece);
        }

        ffmpeg.av_frame_free(&piece);
        return frame->width > 0;
    }
}
