using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.SelfCheck;

/// <summary>
/// Fields that FFmpeg also has as options: the library itself says at which byte of its structure an option lies, and there the bindings have to find the
/// field.
/// </summary>
internal static unsafe class OptionOffsets
{
    /// <summary>The first field that lies elsewhere than the library says; null where there is none.</summary>
    public static string? FindWrong()
    {
        AVCodecContext* codec = ffmpeg.avcodec_alloc_context3(null);
        AVFormatContext* format = ffmpeg.avformat_alloc_context();
        string? wrong = FindWrong(codec) ?? FindWrong(format);
        ffmpeg.avcodec_free_context(&codec);
        ffmpeg.avformat_close_input(&format);
        return wrong;
    }

    private static string? FindWrong(AVCodecContext* codec) =>
        Compare(codec, "flags", FieldAddress.Of(ref codec->flags))
        ?? Compare(codec, "flags2", FieldAddress.Of(ref codec->flags2))
        ?? Compare(codec, "video_size", FieldAddress.Of(ref codec->width))
        ?? Compare(codec, "pixel_format", FieldAddress.Of(ref codec->pix_fmt))
        ?? Compare(codec, "has_b_frames", FieldAddress.Of(ref codec->has_b_frames))
        ?? Compare(codec, "aspect", FieldAddress.Of(ref codec->sample_aspect_ratio))
        ?? Compare(codec, "color_range", FieldAddress.Of(ref codec->color_range))
        ?? Compare(codec, "colorspace", FieldAddress.Of(ref codec->colorspace))
        ?? Compare(codec, "ar", FieldAddress.Of(ref codec->sample_rate))
        ?? Compare(codec, "frame_size", FieldAddress.Of(ref codec->frame_size))
        ?? Compare(codec, "err_detect", FieldAddress.Of(ref codec->err_recognition))
        ?? Compare(codec, "threads", FieldAddress.Of(ref codec->thread_count))
        ?? Compare(codec, "skip_loop_filter", FieldAddress.Of(ref codec->skip_loop_filter))
        ?? Compare(codec, "skip_frame", FieldAddress.Of(ref codec->skip_frame))
        ?? Compare(codec, "pkt_timebase", FieldAddress.Of(ref codec->pkt_timebase))
        ?? Compare(codec, "max_pixels", FieldAddress.Of(ref codec->max_pixels))
        ?? Compare(codec, "discard_damaged_percentage", FieldAddress.Of(ref codec->discard_damaged_percentage))
        ?? Compare(codec, "ch_layout", FieldAddress.Of(ref codec->ch_layout));

    private static string? FindWrong(AVFormatContext* format) =>
        Compare(format, "probesize", FieldAddress.Of(ref format->probesize))
        ?? Compare(format, "analyzeduration", FieldAddress.Of(ref format->max_analyze_duration))
        ?? Compare(format, "fflags", FieldAddress.Of(ref format->flags))
        ?? Compare(format, "err_detect", FieldAddress.Of(ref format->error_recognition))
        ?? Compare(format, "max_ts_probe", FieldAddress.Of(ref format->max_ts_probe));

    private static string? Compare(void* structure, string option, void* field)
    {
        AVOption* found = ffmpeg.av_opt_find(structure, option, null, 0, 0);
        long here = (byte*)field - (byte*)structure;
        return found == null ? $"it has no option {option}"
            : found->offset != here ? $"its option {option} lies at byte {found->offset} of its structure, and is looked for at byte {here}"
            : null;
    }
}
