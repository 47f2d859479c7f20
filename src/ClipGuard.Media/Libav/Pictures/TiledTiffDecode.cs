using ClipGuard.Media.Libav.Formats;
using ClipGuard.Media.Libav.Tracks;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Pictures;

/// <summary>Puts a picture together from pieces that are decoded one by one.</summary>
internal static unsafe class TiledTiffDecode
{
    /// <summary>The pieces of a track's picture; null where FFmpeg decodes it by itself.</summary>
    public static TiffPieces? PiecesOf(Track track) =>
        track.Stream->codecpar->codec_id == AVCodecID.AV_CODEC_ID_TIFF && TiffDirectory.Read(track.Container.Bytes) is { } tiff
            ? TiffPieces.Of(track.Container.Bytes, tiff)
            : null;

    /// <summary>Decodes all pieces.</summary>
    /// <param name="session">The decode.</param>
    /// <param name="pieces">The pieces.</param>
    /// <param name="frame">Receives the picture; empty.</param>
    /// <param name="damaged">True where a piece is damaged or missing. What is missing is black.</param>
    /// <returns>False where no piece came out.</returns>
    public static bool Decode(DecodeState session, TiffPieces pieces, AVFrame* frame, out bool damaged)
    {
        damaged = true;
        using StillDecoder? decoder = StillDecoder.Open(session, ffmpeg.avcodec_find_decoder_by_name(pieces.Decoder));
        if (decoder is null || (long)pieces.Width * pieces.Height > session.Limits.MaxFramePixels)
        {
            return false;
        }

        damaged = false;
        AVFrame* piece = ffmpeg.av_frame_alloc();
        for (int i = 0; i < pieces.Across * pieces.Down && !session.ShouldStop(); i++)
        {
            bool came = pieces.File(i) is { Length: > 0 } file && decoder.Decode(file, piece, out bool pieceDamaged) && !pieceDamaged;
            (int x, int y) = (i % pieces.Across * pieces.PieceWidth, i / pieces.Across * pieces.PieceHeight);
            damaged |= !came || !PieceMosaic.Place(frame, (pieces.Width, pieces.Height), piece, x, y, (pieces.PieceWidth, pieces.PieceHeight));
            ffmpeg.av_frame_unref(piece);
        }

        ffmpeg.av_frame_free(&piece);
        return frame->width > 0;
    }
}
