using System.Runtime.InteropServices;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Tracks;

/// <summary>Sets decoders up and opens them.</summary>
internal static unsafe class DecoderSetup
{
    /// <summary>Opens the decoder of a stream.</summary>
    /// <param name="session">The decode.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="decoder">The decoder.</param>
    /// <param name="codec">A context of that decoder, which stays the caller's.</param>
    /// <param name="isUncut">True leaves an encoder's delay and padding in.</param>
    /// <param name="halvings">How often the sides of pictures are halved while they are decoded.</param>
    /// <param name="threads">How many frames are decoded at the same time; 1 for a decoder without threads.</param>
    public static DecoderFault? Open(DecodeState session, AVStream* stream, AVCodec* decoder, AVCodecContext* codec, bool isUncut, int halvings, int threads)
    {
        if (session.Limits.AllowedCodecs is { } allowed && ffmpeg.avcodec_get_name(stream->codecpar->codec_id) is var name && !allowed.Contains(name))
        {
            return session.Fault(FaultKind.Unsupported, $"The codec {name} is not among those allowed: {string.Join(", ", allowed)}.");
        }

        int error = ffmpeg.avcodec_parameters_to_context(codec, stream->codecpar);
        if (error >= 0)
        {
            codec->pkt_timebase = stream->time_base;
            codec->flags2 |= isUncut ? ffmpeg.AV_CODEC_FLAG2_SKIP_MANUAL : 0;
            Configure(codec, decoder, session);
            codec->thread_count = threads;
            error = OpenWith(codec, decoder, halvings, threads);
        }

        return error < 0 ? session.FaultOf(error, $"The decoder {NameOf(decoder)} could not be opened") : null;
    }

    /// <summary>Sets what every decoder of a decode has in common: no threads, its limit of pixels, and how strict it is.</summary>
    public static void Configure(AVCodecContext* codec, AVCodec* decoder, DecodeState session)
    {
        codec->thread_count = 1;
        codec->max_pixels = session.Limits.MaxFramePixels;
        codec->err_recognition = ffmpeg.AV_EF_CRCCHECK | (HidesDamage(decoder->id) ? ffmpeg.AV_EF_EXPLODE : 0);
        if (decoder->id == AVCodecID.AV_CODEC_ID_PNG)
        {
            // By default (95 %) a PNG of which only a twentieth could be read would pass as whole.
            codec->discard_damaged_percentage = 0;
        }
    }

    // Without AV_EF_EXPLODE these decoders give a frame whose checksum is wrong, or whose data ends early, as if it were whole, and only log it.
    private static bool HidesDamage(AVCodecID codec) => codec is AVCodecID.AV_CODEC_ID_FLAC or AVCodecID.AV_CODEC_ID_MJPEG;

    private static int OpenWith(AVCodecContext* codec, AVCodec* decoder, int halvings, int threads)
    {
        AVDictionary* options = null;
        if (halvings > 0)
        {
            // Not a field of the context: newer versions hide it.
            _ = ffmpeg.av_dict_set_int(&options, "lowres", halvings, 0);
        }

        if (threads > 1)
        {
            // FF_THREAD_FRAME and nothing else: with slices H.264 conceals no errors, and HEVC has deadlocked (DecoderThreadPolicy).
            _ = ffmpeg.av_dict_set_int(&options, "thread_type", 1, 0);
        }

        int error = ffmpeg.avcodec_open2(codec, decoder, &options);
        ffmpeg.av_dict_free(&options);
        return error;
    }

    private static string NameOf(AVCodec* decoder) => Marshal.PtrToStringUTF8((nint)decoder->name) ?? string.Empty;
}
