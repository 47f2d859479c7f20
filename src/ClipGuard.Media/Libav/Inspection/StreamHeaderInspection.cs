using ClipGuard.Media.Libav.Containers;
using ClipGuard.Media.Libav.Formats;
using ClipGuard.Media.Libav.Pictures;
using ClipGuard.Media.Libav.Tracks;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Inspection;

/// <summary>What a container says of one stream.</summary>
internal static unsafe class StreamHeaderInspection
{
    public const string Audio = "audio";
    public const string Video = "video";
    public const string Image = "image";

    private const string Attached = "picture";
    private const string Other = "other";

    /// <summary>The descriptions of a container's streams, nothing counted.</summary>
    public static List<StreamDescription> DescribeAll(Container container)
    {
        AVCodec* decoder = null;
        int video = MainTrack.Find(container, AVMediaType.AVMEDIA_TYPE_VIDEO, &decoder);
        int audio = MainTrack.Find(container, AVMediaType.AVMEDIA_TYPE_AUDIO, &decoder);
        HashSet<int> auxiliary = container.IsMov && container.Format->nb_streams > 1 ? AuxiliaryVideoTracks.Find(container.Bytes) : [];
        List<StreamDescription> streams = [];
        for (int i = 0; i < container.Format->nb_streams; i++)
        {
            AVStream* stream = container.Format->streams[i];
            if (container.Besides.Contains(i))
            {
                continue;
            }

            streams.Add(Describe(container, stream) with
            {
                IsMain = i == video || i == audio ? true : null,
                IsAuxiliary = auxiliary.Contains(stream->id) ? true : null,
            });
        }

        return streams;
    }

    private static StreamDescription Describe(Container container, AVStream* stream)
    {
        AVCodecParameters* codec = stream->codecpar;
        var description = new StreamDescription(stream->index, KindOf(container, stream), ffmpeg.avcodec_get_name(codec->codec_id));
        return description.Kind switch
        {
            Audio => WithLength(description, stream) with
            {
                SampleRateHz = codec->sample_rate,
                Channels = codec->ch_layout.nb_channels,
                SampleFormat = ffmpeg.av_get_sample_fmt_name((AVSampleFormat)codec->format),
            },
            Video => WithTurn(WithPicture(WithLength(description, stream), codec, container.HasPrintDensity), DisplayRotation.Of(stream)) with
            {
                HasAlpha = HasAlpha((AVPixelFormat)codec->format) || AlphaDecoderSelection.HasAlpha(stream) ? true : null,
                FrameRateHz = container.FrameRateOf(stream) is { num: > 0, den: > 0 } rate ? (double)rate.num / rate.den : null,
                DeclaredFrameCount = stream->nb_frames > 0 ? stream->nb_frames : null,
            },

            // FFmpeg makes up a length and a rate for a single picture: they are not told.
            Image => WithTurn(WithPicture(description, codec, hasPrintDensity: true), container.Item?.Turn ?? DisplayRotation.Of(stream)) with
            {
                HasAlpha = HasAlpha((AVPixelFormat)codec->format) || container.Item?.AlphaCoding is not null ? true : null,
            },
            Attached => WithPicture(description, codec, hasPrintDensity: true),
            _ => WithLength(description, stream),
        };
    }

    /// <summary>The description with a turn.</summary>
    public static StreamDescription WithTurn(StreamDescription description, DisplayRotation turn) =>
        description with { RotationDegrees = turn.QuarterTurns * 90, Mirrored = turn.Mirrored };

    // Of a palette only the picture itself tells whether one of its colours is transparent.
    private static bool HasAlpha(AVPixelFormat format) => format != AVPixelFormat.AV_PIX_FMT_PAL8 && AlphaCompositing.Of(format);

    private static StreamDescription WithLength(StreamDescription description, AVStream* stream) => description with
    {
        DurationSeconds = stream->duration > 0 ? (double)stream->duration * stream->time_base.num / stream->time_base.den : null,
    };

    private static StreamDescription WithPicture(StreamDescription description, AVCodecParameters* codec, bool hasPrintDensity)
    {
        AVRational pixel = codec->sample_aspect_ratio;
        return description with
        {
            Width = codec->width,
            Height = codec->height,
            PixelAspect = !hasPrintDensity && pixel.num > 0 && pixel.num != pixel.den ? $"{pixel.num}:{pixel.den}" : null,
            PixelFormat = ffmpeg.av_get_pix_fmt_name((AVPixelFormat)codec->format),
            ColorMatrix = codec->color_space == AVColorSpace.AVCOL_SPC_UNSPECIFIED ? null : ffmpeg.av_color_space_name(codec->color_space),
            ColorRange = codec->color_range == AVColorRange.AVCOL_RANGE_UNSPECIFIED ? null : ffmpeg.av_color_range_name(codec->color_range),
        };
    }

    private static string KindOf(Container container, AVStream* stream) => stream->codecpar->codec_type switch
    {
        AVMediaType.AVMEDIA_TYPE_AUDIO => Audio,
        AVMediaType.AVMEDIA_TYPE_VIDEO when (stream->disposition & ffmpeg.AV_DISPOSITION_ATTACHED_PIC) != 0 => Attached,
        AVMediaType.AVMEDIA_TYPE_VIDEO => container.IsOnePicture || container.Item is not null ? Image : Video,
        _ => Other,
    };
}
