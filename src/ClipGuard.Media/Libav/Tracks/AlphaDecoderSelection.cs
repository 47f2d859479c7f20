using System.Runtime.InteropServices;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Tracks;

/// <summary>
/// The decoders for VP8 and VP9 whose transparency lies in a second stream beside each packet of a WebM or Matroska file.
/// FFmpeg's own decoders leave it out without a word; libvpx decodes both.
/// </summary>
internal static unsafe class AlphaDecoderSelection
{
    /// <summary>Takes the decoder that knows alpha where a stream has it.</summary>
    /// <param name="session">The decode.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="decoder">The decoder that FFmpeg would take; the other one afterwards.</param>
    /// <returns>The fault of a stream with alpha for which there is no such decoder; null otherwise.</returns>
    public static DecoderFault? Replace(DecodeState session, AVStream* stream, ref AVCodec* decoder)
    {
        if (!HasAlpha(stream))
        {
            return null;
        }

        string? name = ffmpeg.avcodec_get_name(stream->codecpar->codec_id) switch
        {
            "vp8" => "libvpx",
            "vp9" => "libvpx-vp9",
            _ => null,
        };
        if (name is null)
        {
            return null;
        }

        AVCodec* other = ffmpeg.avcodec_find_decoder_by_name(name);
        if (other == null)
        {
            return session.Fault(FaultKind.Unsupported, $"The video is transparent in places, which only the decoder {name} tells, and this FFmpeg lacks it.");
        }

        decoder = other;
        return null;
    }

    /// <summary>True for a stream whose container says that its packets have alpha beside them (Matroska's AlphaMode).</summary>
    public static bool HasAlpha(AVStream* stream)
    {
        AVDictionaryEntry* mode = ffmpeg.av_dict_get(stream->metadata, "alpha_mode", null, 0);
        return mode != null && Marshal.PtrToStringUTF8((nint)mode->value) == "1";
    }
}
