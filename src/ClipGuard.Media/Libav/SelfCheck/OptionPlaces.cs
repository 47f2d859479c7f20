using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.SelfCheck;

/// <summary>
/// Fields that FFmpeg also has as options: the library itself says at which byte of its structure an option lies, and there the bindings have to find the
/// field.
/// </summary>
internal static unsafe class OptionPlaces
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
        Compare(codec, "flags", FieldAddress.Address(ref codec->flags))
        ?? Compare(codec, "flags2", FieldAddress.Address(ref codec->flags2))
        ?? Compare(codec, "video_size", FieldAddress.Address(ref codec->width))
        ?? Compare(codec, "pixel_format", FieldAddress.Address(ref codec->pix_fmt))
        ?? Compare(codec, "has_b_frames", FieldAddress.Address(ref codec->has_b_frames))
        ?? Compare(codec, "aspect", FieldAddress.Address(ref codec->sample_aspect_ratio))
        ?? Compare(codec, "color_range", FieldAddress.Address(ref codec->color_range))
        ?? Compare(codec, "colorspace", FieldAddress.Address(ref codec->colorspace))
        ?? Compare(codec, "ar", FieldAddress.Address(ref codec->sample_rate))
        ?? Compare(codec, "frame_size", FieldAddress.Address(ref codec->frame_size))
        ?? Compare(codec, "err_detect", FieldAddress.Address(ref codec->err_recognition))
        ?? Compare(codec, "threads", FieldAddress.Address(ref codec->thread_count))
        ?? Compare(codec, "skip_loop_filter", FieldAddress.Address(ref codec->skip_loop_filter))
        ?? Compare(codec, "skip_frame", FieldAddress.Address(ref codec->skip_frame))
        ?? Compare(codec, "pkt_timebase", FieldAddress.Address(ref codec->pkt_timebase))
        ?? Compare(codec, "max_pixels", FieldAddress.Address(ref codec->max_pixels))
        ?? Compare(codec, "discard_damaged_percentage", FieldAddress.Address(ref codec->discard_damaged_percentage))
        ?? Compare(codec, "ch_layout", FieldAddress.Address(ref codec->ch_layout));

    private static string? FindWrong(AVFormatContext* format) =>
        Compare(format, "probesize", FieldAddress.Address(ref format->probesize))
        ?? Compare(format, "analyzeduration", FieldAddress.Address(ref format->max_analyze_duration))
        ?? Compare(format, "fflags", FieldAddress.Address(ref format->flags))
        ?? Compare(format, "err_detect", FieldAddress.Address(ref format->error_recognition))
        ?? Compare(format, "max_ts_probe", FieldAddress.Address(ref format->max_ts_probe));

    private static string? Compare(void* structure, string option, void* field)
    {
        AVOption* found = ffmpeg.av_opt_find(structure, option, null, 0, 0);
        long here = (byte*)field - (byte*)structure;
        return found == null ? $"it has no option {option}"
            : found->offset != here ? $"its option {option} lies at byte {found->offset} of its structure, and is looked for at byte {here}"
            : null;
    }
}
