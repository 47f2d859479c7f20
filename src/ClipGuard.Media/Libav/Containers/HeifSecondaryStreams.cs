using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Containers;

/// <summary>
/// Streams that FFmpeg 7 and later make of an AVIF's or HEIC's other pictures: alpha, thumbnails, the still beside an animation. FFmpeg 5.1 has none of them,
/// and they are none of the clip's.
/// </summary>
internal static unsafe class HeifSecondaryStreams
{
    /// <summary>The indexes of such streams.</summary>
    public static HashSet<int> Find(Container container)
    {
        if (!container.IsMov || container.Format->nb_streams < 2)
        {
            return [];
        }

        int[] streams = [.. Enumerable.Range(0, (int)container.Format->nb_streams).Where(i => IsVideo(container.Format->streams[i]))];
        if (container.Item is { } item)
        {
            int main = Array.FindIndex(streams, i => (uint)container.Format->streams[i]->id == item.FirstCoded);
            return [.. streams.Where((_, place) => place != Math.Max(0, main))];
        }

        // Beside a video a picture has one frame and lasts for no time.
        int[] pictures = [.. streams.Where(i => container.Format->streams[i] is var stream && stream->nb_frames == 1 && stream->duration <= 0)];
        return pictures.Length == streams.Length ? [] : [.. pictures];
    }

    private static bool IsVideo(AVStream* stream) => stream->codecpar->codec_type == AVMediaType.AVMEDIA_TYPE_VIDEO
        && (stream->disposition & ffmpeg.AV_DISPOSITION_ATTACHED_PIC) == 0;
}
