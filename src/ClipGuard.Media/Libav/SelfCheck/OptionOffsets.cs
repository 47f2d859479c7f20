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
        Compare(codec, "flags", FieldPointer.Of(ref codec->flags))
        ?? Compare(codec, "flags2", FieldPointer.Of(ref codec->flags2))
        ?? Compare(codec, "video_size", FieldPointer.Of(ref codec->width))
        ?? Compare(codec, "pixel_format", FieldPointer.Of(ref codec->pix_fmt))
        ?? Compare(codec, "has_b_frames", FieldPointer.Of(ref codec->has_b_frames))
        ?? Compare(codec, "aspect", FieldPointer.Of(ref codec->sample_aspect_ratio))
        ?? Compare(codec, "color_range", FieldPointer.Of(ref codec->color_range))
        ?? Compare(codec, "colorspace", FieldPointer.Of(ref codec->colorspace))
        ?? Compare(codec, "ar", FieldPointer.Of(ref codec->sample_rate))
        ?? Compare(codec, "frame_size", FieldPointer.Of(ref codec->frame_size))
        ?? Compare(codec, "err_detect", FieldPointer.Of(ref codec->err_recognition))
        ?? Compare(codec, "threads", FieldPointer.Of(ref codec->thread_count))
        ?? Compare(codec, "skip_loop_filter", FieldPointer.Of(ref codec->skip_loop_filter))
        ?? Compare(codec, "skip_frame", FieldPointer.Of(ref codec->skip_frame))
        ?? Compare(codec, "pkt_timebase", FieldPointer.Of(ref codec->pkt_timebase))
        ?? Compare(codec, "max_pixels", FieldPointer.Of(ref codec->max_pixels))
        ?? Compare(codec, "discard_damaged_percentage", FieldPointer.Of(ref codec->discard_damaged_percentage))
        ?? Compare(codec, "ch_layout", FieldPointer.Of(ref codec->ch_layout));

    private static string? FindWrong(AVFormatContext* format) =>
        Compare(format, "probesize", FieldPointer.Of(ref format->probesize))
        ?? Compare(format, "analyzeduration", FieldPointer.Of(ref format->max_analyze_duration))
        ?? Compare(format, "fflags", FieldPointer.Of(ref format->flags))
        ?? Compare(format, "err_detect", FieldPointer.Of(ref format->error_recognition))
        ?? Compare(format, "max_ts_probe", FieldPointer.Of(ref format->max_ts_probe));

    private static string? Compare(void* structure, string option, void* field)
    {
        AVOption* found = ffmpeg.av_opt_find(structure, option, null, 0, 0);
        long here = (byte*)field - (byte*)structure;
        return found == null ? $"it has no option {option}"
            : found->offset != here ? $"its option {option} lies at byte {found->offset} of its structure, and is looked for at byte {here}"
            : null;
    }
}
