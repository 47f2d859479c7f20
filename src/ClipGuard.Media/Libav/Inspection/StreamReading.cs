using ClipGuard.Media.Libav.Pictures;
using ClipGuard.Media.Libav.Tracks;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Inspection;

/// <summary>What one stream says of itself, and what it holds.</summary>
internal static unsafe class StreamReading
{
    /// <summary>What the container says.</summary>
    public static StreamDescription Describe(AVStream* stream)
    {
        AVCodecParameters* codec = stream->codecpar;
        var description = new StreamDescription(stream->index, KindOf(stream), ffmpeg.avcodec_get_name(codec->codec_id))
        {
            DurationSeconds = stream->duration > 0 ? (double)stream->duration * stream->time_base.num / stream->time_base.den : null,
            PromisedFrames = stream->nb_frames > 0 ? stream->nb_frames : null,
        };
        return description.Kind switch
        {
            "audio" => description with
            {
                SampleRateHz = codec->sample_rate,
                Channels = codec->ch_layout.nb_channels,
                SampleFormat = ffmpeg.av_get_sample_fmt_name((AVSampleFormat)codec->format),
            },
            "video" or "picture" => DescribePicture(description, stream),
            _ => description,
        };
    }

    /// <summary>Decodes a stream to its end.</summary>
    public static StreamDescription Count(DecodeSession session, StreamDescription description, AVMediaType kind, int number)
    {
        if (Track.Open(session, session.Request.Source, kind, number, out Track? opened) is { } fault)
        {
            return description with { Trouble = fault.Message };
        }

        using Track track = opened!;
        AVFrame* frame = ffmpeg.av_frame_alloc();
        long frames = 0;
        long samples = 0;
        long concealed = 0;
        long corrupt = 0;
        while (track.Next(frame))
        {
            frames++;
            samples += frame->nb_samples;
            concealed += frame->decode_error_flags != 0 ? 1 : 0;
            corrupt += (frame->flags & ffmpeg.AV_FRAME_FLAG_CORRUPT) != 0 ? 1 : 0;
            ffmpeg.av_frame_unref(frame);
        }

        ffmpeg.av_frame_free(&frame);
        bool isVideo = kind == AVMediaType.AVMEDIA_TYPE_VIDEO;
        return description with
        {
            FoundFrames = frames,
            FoundSamples = isVideo ? null : samples,
            Trouble = track.ReadingBrokeOff,
            Damage = new DamageReport
            {
                ConcealedFrames = concealed,
                CorruptFrames = corrupt,
                RefusedPackets = track.RefusedPackets,
                MissingFrames = isVideo ? Math.Max(0, track.Stream->nb_frames - track.Packets) : 0,
            },
        };
    }

    private static StreamDescription DescribePicture(StreamDescription description, AVStream* stream)
    {
        AVCodecParameters* codec = stream->codecpar;
        DisplayTurn turn = DisplayTurn.Of(stream);
        AVRational pixel = codec->sample_aspect_ratio;
        return description with
        {
            Width = codec->width,
            Height = codec->height,
            PixelAspect = pixel.num > 0 && pixel.num != pixel.den ? $"{pixel.num}:{pixel.den}" : null,
            PixelFormat = ffmpeg.av_get_pix_fmt_name((AVPixelFormat)codec->format),
            ColorMatrix = codec->color_space == AVColorSpace.AVCOL_SPC_UNSPECIFIED ? null : ffmpeg.av_color_space_name(codec->color_space),
            ColorRange = codec->color_range == AVColorRange.AVCOL_RANGE_UNSPECIFIED ? null : ffmpeg.av_color_range_name(codec->color_range),
            RotationDegrees = turn.QuarterTurns * 90,
            Mirrored = turn.Mirrored,
            FrameRateHz = stream->avg_frame_rate.num > 0 ? (double)stream->avg_frame_rate.num / stream->avg_frame_rate.den : null,
        };
    }

    private static string KindOf(AVStream* stream) => stream->codecpar->codec_type switch
    {
        AVMediaType.AVMEDIA_TYPE_AUDIO => "audio",
        AVMediaType.AVMEDIA_TYPE_VIDEO when (stream->disposition & ffmpeg.AV_DISPOSITION_ATTACHED_PIC) != 0 => "picture",
        AVMediaType.AVMEDIA_TYPE_VIDEO => "video",
        _ => "other",
    };
}
