using System.Runtime.InteropServices;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Tracks;

/// <summary>
/// The decoder for Speex: the Speex project's where FFmpeg has it, so that all releases give the same samples. FFmpeg's own has others by up to 0.02,
/// and is wrong in one release (<see cref="LibavDifferences.DoublesWidebandSpeex"/>).
/// </summary>
internal static unsafe class SpeexDecoderSelection
{
    private const string OwnName = "speex";
    private const string OtherName = "libspeex";
    private const int NarrowbandHz = 8000;

    /// <summary>Takes the other decoder where there is one.</summary>
    /// <param name="session">The decode.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="decoder">The decoder that FFmpeg would take; the other one afterwards.</param>
    /// <returns>The fault of a stream that FFmpeg reads wrongly and for which there is no other decoder; null otherwise.</returns>
    public static DecoderFault? Replace(DecodeState session, AVStream* stream, ref AVCodec* decoder)
    {
        if (decoder == null || Marshal.PtrToStringUTF8((nint)decoder->name) != OwnName)
        {
            return null;
        }

        AVCodec* other = ffmpeg.avcodec_find_decoder_by_name(OtherName);
        if (other == null)
        {
            return LibavDifferences.DoublesWidebandSpeex && stream->codecpar->sample_rate > NarrowbandHz
                ? session.Fault(
                    FaultKind.Unsupported, $"This FFmpeg's own decoder reads Speex of {stream->codecpar->sample_rate} Hz wrongly, and it lacks {OtherName}.")
                : null;
        }

        decoder = other;
        return null;
    }
}
