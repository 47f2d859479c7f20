using ClipGuard.Media.Libav.Containers;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Tracks;

/// <summary>Reads what a container's header says of a track, before anything of it is decoded.</summary>
internal static unsafe class TrackFactsReader
{
    /// <summary>Reads it.</summary>
    public static TrackFacts Of(Container container, AVStream* stream)
    {
        AVCodecParameters* codec = stream->codecpar;
        bool isAudio = codec->codec_type == AVMediaType.AVMEDIA_TYPE_AUDIO;

        // FFmpeg makes up a length for a single picture.
        bool isPicture = !isAudio && (container.IsOnePicture || container.Item is not null);
        return new TrackFacts(ffmpeg.avcodec_get_name(codec->codec_id))
        {
            Seconds = isPicture ? null
                : stream->duration > 0 ? (double)stream->duration * stream->time_base.num / stream->time_base.den
                : container.Format->duration > 0 ? (double)container.Format->duration / ffmpeg.AV_TIME_BASE
                : null,
            SampleRateHz = isAudio ? codec->sample_rate : null,
            Channels = isAudio ? codec->ch_layout.nb_channels : null,
            Width = isAudio ? null : codec->width,
            Height = isAudio ? null : codec->height,
            FrameCount = stream->nb_frames > 0 && !isAudio && !isPicture ? stream->nb_frames : null,
            FrameRateHz = !isAudio && !isPicture && stream->avg_frame_rate is { num: > 0, den: > 0 } rate ? (double)rate.num / rate.den : null,
            Container = container.FormatName is { Length: > 0 } name ? name : null,
            Bytes = container.Bytes.Length > 0 ? container.Bytes.Length : null,
        };
    }
}
