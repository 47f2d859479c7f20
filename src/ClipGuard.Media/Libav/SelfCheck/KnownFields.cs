using ClipGuard.Media.Libav.Tracks;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.SelfCheck;

/// <summary>
/// The fields of open clips and their first frames, as every FFmpeg fills them in for <see cref="KnownClips"/>. Each answer is a field that differs.
/// </summary>
internal static unsafe class KnownFields
{
    private const string Streams = "AVStream.";
    private const string Parameters = "AVCodecParameters.";
    private const string Frames = "AVFrame.";
    private const long FromStream = (long)AVDurationEstimationMethod.AVFMT_DURATION_FROM_STREAM;

    public static string? FindWrongInAudio(Track track)
    {
        AVFormatContext* format = track.Container.Format;
        AVStream* stream = track.Stream;
        AVCodecParameters* parameters = stream->codecpar;
        AVFrame* frame = ffmpeg.av_frame_alloc();
        string? wrong = Differs("AVFormatContext.nb_streams", format->nb_streams, 1)
            ?? Differs("AVFormatContext.duration", format->duration, ffmpeg.AV_TIME_BASE / 10)
            ?? Differs("AVFormatContext.start_time", format->start_time, ffmpeg.AV_NOPTS_VALUE)
            ?? Differs("AVFormatContext.duration_estimation_method", (long)format->duration_estimation_method, FromStream)
            ?? Differs($"{Streams}index", stream->index, 0)
            ?? Differs($"{Streams}time_base", stream->time_base, 1, KnownClips.SampleRateHz)
            ?? Differs($"{Streams}start_time", stream->start_time, ffmpeg.AV_NOPTS_VALUE)
            ?? Differs($"{Streams}duration", stream->duration, KnownClips.Samples)
            ?? Differs($"{Streams}discard", (long)stream->discard, (long)AVDiscard.AVDISCARD_DEFAULT)
            ?? Differs($"{Parameters}codec_type", (long)parameters->codec_type, (long)AVMediaType.AVMEDIA_TYPE_AUDIO)
            ?? Differs($"{Parameters}format", parameters->format, (long)AVSampleFormat.AV_SAMPLE_FMT_S16)
            ?? Differs($"{Parameters}bit_rate", parameters->bit_rate, 16 * KnownClips.Channels * KnownClips.SampleRateHz)
            ?? Differs($"{Parameters}sample_rate", parameters->sample_rate, KnownClips.SampleRateHz)
            ?? Differs($"{Parameters}block_align", parameters->block_align, 2 * KnownClips.Channels)
            ?? Differs($"{Parameters}frame_size", parameters->frame_size, 0)
            ?? Differs($"{Parameters}initial_padding", parameters->initial_padding, 0)
            ?? Differs($"{Parameters}ch_layout", parameters->ch_layout.nb_channels, KnownClips.Channels)
            ?? (track.Next(frame) ? null : $"{Frames}data: there is no frame")
            ?? Differs($"{Frames}format", frame->format, (long)AVSampleFormat.AV_SAMPLE_FMT_S16)
            ?? Differs($"{Frames}sample_rate", frame->sample_rate, KnownClips.SampleRateHz)
            ?? Differs($"{Frames}ch_layout", frame->ch_layout.nb_channels, KnownClips.Channels)
            ?? Differs($"{Frames}best_effort_timestamp", frame->best_effort_timestamp, 0)
            ?? Differs($"{Frames}flags", frame->flags & ffmpeg.AV_FRAME_FLAG_CORRUPT, 0)
            ?? Differs($"{Frames}decode_error_flags", frame->decode_error_flags, 0);
        ffmpeg.av_frame_free(&frame);
        return wrong;
    }

    public static string? FindWrongInVideo(Track track)
    {
        AVFormatContext* format = track.Container.Format;
        AVStream* stream = track.Stream;
        AVCodecParameters* parameters = stream->codecpar;
        AVFrame* frame = ffmpeg.av_frame_alloc();
        string? wrong = Differs("AVFormatContext.duration", format->duration, ffmpeg.AV_TIME_BASE * KnownClips.VideoFrames / KnownClips.VideoFrameRateHz)
            ?? Differs("AVFormatContext.start_time", format->start_time, 0)
            ?? Differs($"{Streams}id", stream->id, 1)
            ?? Differs($"{Streams}time_base", stream->time_base, 1, KnownClips.VideoTicksPerSecond)
            ?? Differs($"{Streams}start_time", stream->start_time, 0)
            ?? Differs($"{Streams}duration", stream->duration, KnownClips.VideoFrames * KnownClips.VideoTicksPerSecond / KnownClips.VideoFrameRateHz)
            ?? Differs($"{Streams}nb_frames", stream->nb_frames, KnownClips.VideoFrames)
            ?? Differs($"{Streams}disposition", stream->disposition, ffmpeg.AV_DISPOSITION_DEFAULT)
            ?? Differs($"{Streams}sample_aspect_ratio", stream->sample_aspect_ratio, 4, 3)
            ?? Differs($"{Streams}avg_frame_rate", stream->avg_frame_rate, KnownClips.VideoFrameRateHz, 1)
            ?? Differs($"{Streams}r_frame_rate", stream->r_frame_rate, KnownClips.VideoFrameRateHz, 1)
            ?? Differs($"{Parameters}format", parameters->format, (long)AVPixelFormat.AV_PIX_FMT_YUV420P)
            ?? Differs($"{Parameters}width", parameters->width, KnownClips.VideoWidth)
            ?? Differs($"{Parameters}height", parameters->height, KnownClips.VideoWidth)
            ?? Differs($"{Parameters}sample_aspect_ratio", parameters->sample_aspect_ratio, 4, 3)
            ?? Differs($"{Parameters}video_delay", parameters->video_delay, 0)
            ?? Differs($"{Parameters}color_space", (long)parameters->color_space, (long)AVColorSpace.AVCOL_SPC_UNSPECIFIED)
            ?? (track.Next(frame) ? null : $"{Frames}data: there is no frame")
            ?? Differs($"{Frames}width", frame->width, KnownClips.VideoWidth)
            ?? Differs($"{Frames}height", frame->height, KnownClips.VideoWidth)
            ?? Differs($"{Frames}format", frame->format, (long)AVPixelFormat.AV_PIX_FMT_YUV420P)
            ?? Differs($"{Frames}sample_aspect_ratio", frame->sample_aspect_ratio, 4, 3)
            ?? Differs($"{Frames}pts", frame->pts, 0)
            ?? Differs($"{Frames}best_effort_timestamp", frame->best_effort_timestamp, 0)
            ?? Differs($"{Frames}flags, key frame", LibavBindings.IsKeyFrame(frame) ? 1 : 0, 1)
            ?? Differs($"{Frames}flags, interlaced", LibavBindings.IsInterlaced(frame) ? 1 : 0, 0)
            ?? Differs($"{Frames}colorspace", (long)frame->colorspace, (long)AVColorSpace.AVCOL_SPC_UNSPECIFIED)
            ?? Differs($"{Frames}decode_error_flags", frame->decode_error_flags, 0);
        ffmpeg.av_frame_free(&frame);
        return wrong;
    }

    public static string? FindWrongInPicture(Track track)
    {
        AVCodecParameters* parameters = track.Stream->codecpar;
        AVFrame* frame = ffmpeg.av_frame_alloc();
        string? wrong = Differs($"{Parameters}format", parameters->format, (long)AVPixelFormat.AV_PIX_FMT_RGB24)
            ?? Differs($"{Parameters}width", parameters->width, KnownClips.PictureWidth)
            ?? Differs($"{Parameters}height", parameters->height, KnownClips.PictureHeight)
            ?? Differs($"{Parameters}color_range", (long)parameters->color_range, (long)AVColorRange.AVCOL_RANGE_JPEG)
            ?? (track.Next(frame) ? null : $"{Frames}data: there is no frame")
            ?? Differs($"{Frames}color_range", (long)frame->color_range, (long)AVColorRange.AVCOL_RANGE_JPEG);
        ffmpeg.av_frame_free(&frame);
        return wrong;
    }

    private static string? Differs(string field, long found, long expected) => found == expected ? null : $"{field} is {found} where {expected} is known";

    private static string? Differs(string field, AVRational found, int numerator, int denominator) =>
        found.num == numerator && found.den == denominator ? null : $"{field} is {found.num}/{found.den} where {numerator}/{denominator} is known";
}
