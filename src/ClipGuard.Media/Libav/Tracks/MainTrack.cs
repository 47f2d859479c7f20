using ClipGuard.Media.Libav.Containers;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Tracks;

/// <summary>
/// Which of several tracks is decoded where none was asked for by number.
/// Of audio it is the one that libavformat takes; of video, as the ffmpeg program takes it, the one with the largest picture,
/// and of equal ones the first. libavformat would take the track of the highest bit rate.
/// </summary>
internal static unsafe class MainTrack
{
    // The program's own weights, in pixels: a track that is marked as the default beats others by up to so many, and one without a packet is none.
    private const long DefaultWeight = 5_000_000;
    private const long PacketsWeight = 100_000_000;
    private const int CoverWeight = 1;

    /// <summary>Finds it.</summary>
    /// <param name="container">The container.</param>
    /// <param name="kind">Audio or video.</param>
    /// <param name="decoder">Receives the decoder for it.</param>
    /// <returns>The stream's index; negative where there is none that can be decoded.</returns>
    public static int Find(Container container, AVMediaType kind, AVCodec** decoder)
    {
        AVFormatContext* format = container.Format;
        int[] tracks = kind == AVMediaType.AVMEDIA_TYPE_VIDEO ? [.. Enumerable.Range(0, (int)format->nb_streams).Where(i => IsVideo(container, i))] : [];
        if (tracks.Length > 1 || container.Besides.Count > 0)
        {
            HashSet<int> auxiliary = container.IsMov ? AuxiliaryVideoTracks.Find(container.Bytes) : [];
            foreach (int track in tracks.OrderByDescending(i => Weight(container, i, auxiliary)))
            {
                if (ffmpeg.av_find_best_stream(format, kind, track, -1, decoder, 0) >= 0)
                {
                    return track;
                }
            }
        }

        return ffmpeg.av_find_best_stream(format, kind, -1, -1, decoder, 0);
    }

    private static bool IsVideo(Container container, int index) => container.Format->streams[index]->codecpar->codec_type == AVMediaType.AVMEDIA_TYPE_VIDEO
        && !container.Besides.Contains(index);

    private static long Weight(Container container, int index, HashSet<int> auxiliary)
    {
        AVStream* stream = container.Format->streams[index];
        if ((stream->disposition & ffmpeg.AV_DISPOSITION_ATTACHED_PIC) != 0 || auxiliary.Contains(stream->id))
        {
            return CoverWeight;
        }

        // Only an MP4's index tells before anything is read that there will be no packet.
        bool isEmpty = container.IsMov && stream->nb_frames == 0 && ffmpeg.avformat_index_get_entries_count(stream) == 0;
        return ((long)stream->codecpar->width * stream->codecpar->height)
            + (isEmpty ? 0 : PacketsWeight)
            + ((stream->disposition & ffmpeg.AV_DISPOSITION_DEFAULT) != 0 ? DefaultWeight : 0);
    }
}
